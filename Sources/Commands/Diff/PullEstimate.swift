// SPDX-License-Identifier: Apache-2.0

import Assembly
import Build
import Core
import Lockfile
import OCI

/// The bytes that somebody who has the old image downloads to get the new one.
struct PullEstimate {
    /// A layer, or another blob, that has to be fetched.
    struct Part: Hashable {
        let name: String
        let bytes: UInt64
        /// Whether the bytes are those of a blob that is there, or estimated from packages.
        let isExact: Bool
    }

    /// What has to be fetched, lowest layer first.
    let parts: [Part]
    /// What is there already, lowest layer first.
    let kept: [Part]
    /// The bytes of the whole new image.
    let total: UInt64

    /// The bytes of all parts.
    var bytes: UInt64 { parts.reduce(0) { $0 + $1.bytes } }
    /// Whether nothing of it is estimated.
    var isExact: Bool { parts.allSatisfy(\.isExact) }

    /// Counts the blobs of `new` that `old` has not.
    init(from old: Image, to new: Image) {
        let have = Set(old.blobs.map(\.digest))
        let names = Dictionary(
            zip(new.layers.map(\.descriptor.digest), PlacedImage(image: new, root: "").layerNames),
            uniquingKeysWith: { first, _ in first })
        func part(_ blob: Descriptor) -> Part {
            Part(name: names[blob.digest] ?? "configuration and manifest", bytes: blob.size, isExact: true)
        }
        parts = new.blobs.filter { !have.contains($0.digest) }.map(part)
        kept = new.blobs.filter { have.contains($0.digest) }.map(part)
        total = new.blobs.reduce(0) { $0 + $1.size }
    }

    fileprivate init(parts: [Part], kept: [Part], total: UInt64) {
        self.parts = parts
        self.kept = kept
        self.total = total
    }
}

/// Estimates a pull from the plan of layers, before anything is built.
struct PullPlanner {
    /// What is known of layers that were cut before.
    let builder: LayerBuilder
    /// The last image that was built here: its state layers are much like those to come.
    let lastImage: PlacedImage?
    let architecture: String

    /// gzip makes layers so much bigger than the xz of packages is, with documentation left out (per cent; measured on
    /// the reference image). For layers of which nothing like them was built here.
    private static let growth: UInt64 = 129
    /// The size of the reference image's state layers, for stores where nothing was built.
    private static let stateBytes: (state: UInt64, usr: UInt64) = (470_000, 6_400_000)

    /// The estimate for the way from `old` to `new`.
    func estimate(from old: DiffSubject, to new: DiffSubject) -> PullEstimate {
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
        let state = missing.isEmpty ? [] : stateParts(changed: missing)
        let whole = after.reduce(UInt64(0)) { $0 + $1.part(like: sizes[$1.name], growth: Self.growth).bytes }
        return PullEstimate(parts: parts + state, kept: kept, total: whole + state.reduce(0) { $0 + $1.bytes })
    }

    /// A layer of packages, planned or there.
    private struct KnownLayer {
        let name: String
        /// What decides it.
        let identity: String
        let digest: Digest?
        let size: UInt64?
        /// Bytes of its packages' files.
        let packageBytes: UInt64
        let sources: Set<String>

        func part(like earlier: KnownLayer?, growth: UInt64) -> PullEstimate.Part {
            if let size { return .init(name: name, bytes: size, isExact: true) }
            if let earlier, let size = earlier.size, earlier.packageBytes > 0 {
                let scaled = Double(size) * Double(packageBytes) / Double(earlier.packageBytes)
                return .init(name: name, bytes: UInt64(scaled), isExact: false)
            }
            return .init(name: name, bytes: packageBytes * growth / 100, isExact: false)
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
            }
        case .image(let placed):
            return zip(placed.layerNames, placed.image.layers).map { name, layer in
                KnownLayer(
                    name: name, identity: layer.diffID.hex, digest: layer.descriptor.digest,
                    size: layer.descriptor.size, packageBytes: 0, sources: [])
            }
        }
    }

    /// The configure step's part: what lies below `/usr` changes with Python and the C library only.
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
