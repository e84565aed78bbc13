// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Lockfile
import OCI
import SystemPackage

/// Builds layers directly from the .deb files in the store.
package struct LayerBuilder: Sendable {
    private let store: Store
    private let filter: PathFilter
    private let workers: Int
    private let setsOwners: Bool

    /// Creates a builder that reads .deb files from `store`, writes layers to it, and uses `workers` cores. Without
    /// `setsOwners`, which requires root, the files of the trees are owned by the caller; the layers are the same.
    package init(store: Store, filter: PathFilter, workers: Int, setsOwners: Bool = true) {
        self.setsOwners = setsOwners
        self.store = store
        self.filter = filter
        self.workers = workers
    }

    /// Whether `planned` is in the cache, so that its .deb files are not needed.
    package func isCached(_ planned: PlannedLayer) -> Bool {
        CachedLayer.cached(name: planned.name, key: key(of: planned), in: store) != nil
    }

    /// The layers of `plan` that are not in the cache.
    package func missing(of plan: [PlannedLayer]) -> [WantedLayer] {
        plan.filter { !isCached($0) }.map { planned in
            WantedLayer(name: planned.name, key: key(of: planned), packages: planned.packages.map(\.name.text))
        }
    }

    /// The blob of `planned` when it was built and packed before; the gzip blob when there are several.
    package func blob(of planned: PlannedLayer) -> Descriptor? {
        guard let layer = CachedLayer.cached(name: planned.name, key: key(of: planned), in: store),
            case .packed(let packed) = layer.contents
        else { return nil }
        return packed.first?.descriptor
    }

    /// Builds the layers of `plan` that are not in the cache, in its order. Their .deb files must be in the store.
    ///
    /// - Throws: `ArchiveError`, `DebianError`, `AssemblyError.conflict`, `FileError`.
    package func build(_ plan: [PlannedLayer], progress: @escaping ProgressSink) async throws -> [CachedLayer] {
        let cached = plan.map { CachedLayer.cached(name: $0.name, key: key(of: $0), in: store) }
        let missing = zip(plan, cached).filter { $1 == nil }.map(\.0)
        let fresh = try await buildAll(missing, progress: progress)
        var next = fresh.makeIterator()
        return cached.compactMap { $0 ?? next.next() }
    }

    private func buildAll(_ plan: [PlannedLayer], progress: @escaping ProgressSink) async throws -> [CachedLayer] {
        guard !plan.isEmpty else { return [] }
        let directories = try plan.map { try CachedLayer.emptyDirectory(key: key(of: $0), in: store) }
        let unpacked = try await unpackAll(plan, directories, progress: progress)
        // More tasks than cores: each waits for the disk when its record is written.
        return try await Array(zip(plan, directories)).concurrentMap(limit: workers * 4) { planned, directory in
            let packages = planned.packages.compactMap { unpacked[$0.name.text] }
            return try CachedLayer.finish(
                name: planned.name, key: key(of: planned), directory: directory, packages: packages.map(\.facts),
                entries: LayerEntries(merging: packages.map(\.entries)), setsOwners: setsOwners)
        }
    }

    /// Unpacks all packages of all layers, the biggest first, so that no big package is left to a single core at the
    /// end.
    private func unpackAll(
        _ plan: [PlannedLayer], _ directories: [FilePath], progress: @escaping ProgressSink
    ) async throws -> [String: UnpackedPackage] {
        let jobs = zip(plan, directories).flatMap { planned, directory in
            planned.packages.map { (package: $0, directory: directory) }
        }
        .sorted { ($1.package.size, $0.package.name) < ($0.package.size, $1.package.name) }
        let step = "unpack"
        progress(.began(step: step, total: jobs.reduce(0) { $0 + $1.package.size }, unit: .bytes))
        let unpacker = PackageUnpacker(filter: filter, setsOwners: setsOwners)
        let results = try await jobs.concurrentMap(limit: workers) { [store] job -> (String, UnpackedPackage?) in
            let deb = store.path(of: job.package.sha256)
            let unpacked = try Self.unlessInTheWay {
                try unpacker.unpack(deb, as: job.package, into: job.directory.appending("tree"))
            }
            progress(.advanced(step: step, by: job.package.size, detail: job.package.name.text))
            return (job.package.name.text, unpacked)
        }
        var unpacked = Dictionary(uniqueKeysWithValues: results).compactMapValues { $0 }
        for planned in plan where !planned.packages.allSatisfy({ unpacked[$0.name.text] != nil }) {
            unpacked.merge(try unpackSharing(planned, with: unpacker)) { $1 }
        }
        progress(.ended(step: step, summary: "\(jobs.count) packages into \(plan.count) layers"))
        return unpacked
    }

    private static func unlessInTheWay(_ body: () throws -> UnpackedPackage) throws -> UnpackedPackage? {
        do { return try body() } catch ArchiveError.inTheWay { return nil }
    }

    /// Builds a layer again in which two packages share a path: sequentially, in the order of their names, so that the
    /// first package always provides it in the tree. dpkg later decides on the file at that path in the image.
    private func unpackSharing(
        _ planned: PlannedLayer, with unpacker: PackageUnpacker
    ) throws -> [String: UnpackedPackage] {
        let directory = try CachedLayer.emptyDirectory(key: key(of: planned), in: store)
        return try planned.packages.reduce(into: [:]) { unpacked, package in
            unpacked[package.name.text] = try unpacker.unpack(
                store.path(of: package.sha256), as: package, into: directory.appending("tree"), yields: true)
        }
    }

    private func key(of planned: PlannedLayer) -> Digest {
        let parts = ["layer", AssemblyVersion.key, filter.digest.hex] + planned.packages.map(\.sha256.hex)
        return Digest(of: parts.joined(separator: "\n").utf8)
    }
}
