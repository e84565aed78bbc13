// SPDX-License-Identifier: Apache-2.0

import Assembly
import Build
import Context
import Core
import ImageDefinition
import Lockfile
import OCI
import SystemPackage

/// Estimates the download size from the plan of layers, before anything is built.
package struct PullPlanner {
    /// The layers that were built before.
    private let builder: LayerBuilder
    /// The definition's programs, whose places decide their layers.
    private let programs: [ProgramDefinition]
    private let store: Store
    /// The last image built here, whose state layers are similar to the new ones.
    private let lastImage: PlacedImage?
    private let platform: Platform

    /// A planner for images of the definition in `directory`, whose exclusions decide the layers; without a definition
    /// nothing is excluded.
    ///
    /// - Throws: `DefinitionError`, `FileError`.
    package init(store: Store, directory: FilePath, platform: Platform) throws {
        let file = directory.appending("image.yaml")
        let definition = Files.exists(file) ? try ImageDefinition.load(file) : nil
        let filter = PathFilter(excludes: definition?.excludes ?? [], includes: definition?.includes ?? [])
        programs = definition?.programs ?? []
        self.store = store
        builder = LayerBuilder(store: store, filter: filter, workers: 1)
        lastImage = BuildRecords(store: store).newest().map { PlacedImage(image: $0.image, root: store.root) }
        self.platform = platform
    }

    private var architecture: String { platform.architecture }

    /// The size of gzip layers in per cent of the xz-compressed packages, with documentation left out (measured on the
    /// reference image). Used for layers that were never built here in a similar form.
    private static let growth: UInt64 = 129
    /// The size of the reference image's state layers, for empty stores.
    private static let stateBytes: (state: UInt64, usr: UInt64) = (470_000, 6_400_000)

    /// The estimate for the update from `old` to `new`.
    package func estimate(from old: DiffSubject, to new: DiffSubject) -> PullEstimate {
        if case .image(let before) = old, case .image(let after) = new {
            return PullEstimate(from: before.image, to: after.image)
        }
        let (before, after) = (layers(of: old), layers(of: new))
        let have = Set(before.map(\.identity)).union(before.compactMap(\.digest?.hex))
        func isThere(_ layer: KnownLayer) -> Bool {
            have.contains(layer.identity) || (layer.digest.map { have.contains($0.hex) } ?? false)
        }
        let missing = after.filter { !isThere($0) }
        let sizes = Dictionary(before.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let parts = missing.map { $0.part(like: sizes[$0.name], growth: Self.growth) }
        let kept = after.filter(isThere).map { $0.part(like: sizes[$0.name], growth: Self.growth) }
        let names = Set(programs.map(\.layerName))
        let packages = missing.filter { !names.contains($0.name) }
        let state = packages.isEmpty ? [] : stateParts(changed: packages)
        let whole = after.reduce(UInt64(0)) { $0 + $1.part(like: sizes[$1.name], growth: Self.growth).bytes }
        return PullEstimate(parts: parts + state, kept: kept, total: whole + state.reduce(0) { $0 + $1.bytes })
    }

    /// A layer of packages, planned or built.
    private struct KnownLayer {
        let name: String
        /// The digest of its inputs.
        let identity: String
        let digest: Digest?
        let size: UInt64?
        /// The size of its packages' files.
        let packageBytes: UInt64
        let sources: Set<String>

        func part(like earlier: KnownLayer?, growth: UInt64) -> PullEstimate.Part {
            if let size { return .init(name: name, bytes: size, isExact: true) }
            if let earlier, let size = earlier.size, earlier.packageBytes > 0 {
                let scaled = Double(size) * Double(packageBytes) / Double(earlier.packageBytes)
                return .init(name: name, bytes: UInt64(scaled), isExact: false)
            }
            // A release that is not in the store is taken for as large as the one before.
            let bytes = packageBytes == 0 ? earlier?.size ?? 0 : packageBytes * growth / 100
            return .init(name: name, bytes: bytes, isExact: false)
        }
    }

    private func layers(of subject: DiffSubject) -> [KnownLayer] {
        switch subject {
        case .lock(let lock):
            return LayerPlan.layers(for: lock.architectures[architecture] ?? []).map { planned in
                let blob = builder.blob(of: planned)
                return KnownLayer(
                    name: planned.name, identity: planned.packages.map(\.sha256.hex).joined(separator: " "),
                    digest: blob?.digest, size: blob?.size, packageBytes: planned.packages.reduce(0) { $0 + $1.size },
                    sources: Set(planned.packages.map(\.source.text)))
            } + programLayers(of: lock)
        case .image(let placed):
            return zip(placed.layerNames, placed.image.layers).map { name, layer in
                KnownLayer(
                    name: name, identity: layer.diffID.hex, digest: layer.descriptor.digest,
                    size: layer.descriptor.size, packageBytes: 0, sources: [])
            }
        }
    }

    /// The layers of programs that the definition still has.
    private func programLayers(of lock: VersionsLock) -> [KnownLayer] {
        programs.compactMap { program in
            let artifact = lock.artifacts.first { $0.name == program.name && $0.platform == platform.description }
            return artifact.map { artifact in
                let (blob, bytes) = ProgramArtifact(program, artifact).estimate(in: store)
                return KnownLayer(
                    name: program.layerName, identity: artifact.sha256.hex, digest: blob?.digest, size: blob?.size,
                    packageBytes: bytes, sources: [])
            }
        }
    }

    /// The layers of the configure step: the part below `/usr` changes only with Python and the C library.
    private func stateParts(changed: [KnownLayer]) -> [PullEstimate.Part] {
        let sources = changed.flatMap(\.sources)
        let changesUsr = sources.contains { $0.hasPrefix("python") || $0 == "glibc" }
        let names = ["state"] + (changesUsr ? ["state-usr"] : [])
        return names.map { name in
            let fallback = name == "state" ? Self.stateBytes.state : Self.stateBytes.usr
            return .init(name: name, bytes: lastSize(of: name) ?? fallback, isExact: false)
        }
    }

    private func lastSize(of name: String) -> UInt64? {
        guard let lastImage else { return nil }
        return zip(lastImage.layerNames, lastImage.image.layers).first { $0.0 == name }?.1.descriptor.size
    }
}
