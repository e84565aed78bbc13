// SPDX-License-Identifier: Apache-2.0

import Assembly
import Build
import Core
import OCI
import SystemPackage

/// Verifies everything in a store against its digest.
package struct StoreCheck: Sendable {
    private let store: Store
    private let workers: Int
    private let removesDamaged: Bool

    /// Creates a check of `store`.
    ///
    /// - Parameters:
    ///   - workers: The number of entries that are verified at once.
    ///   - removesDamaged: Whether damaged entries are removed.
    package init(store: Store, workers: Int, removesDamaged: Bool) {
        self.store = store
        self.workers = workers
        self.removesDamaged = removesDamaged
    }

    /// A damaged entry.
    package struct Finding: Sendable {
        /// The path to remove.
        package let path: FilePath
        /// The reason, as a clause.
        package let reason: String
    }

    /// The number of checked entries, and the damaged ones.
    package struct Result: Sendable {
        /// The number of blobs.
        package let blobs: Int
        /// The number of layers.
        package let layers: Int
        /// The damaged entries.
        package let findings: [Finding]
    }

    /// Verifies the whole store while no build runs.
    ///
    /// - Throws: `FileError`.
    package func run(progress: @escaping ProgressSink) async throws -> Result {
        try await store.withBuildLock(progress: progress) {
            let result = try await verify(progress: progress)
            if removesDamaged { for finding in result.findings { try Files.removeTree(finding.path) } }
            return result
        }
    }

    /// Verifies all blobs, then the trees of layers with intact blobs.
    private func verify(progress: @escaping ProgressSink) async throws -> Result {
        let blobs = try [store.root, store.imagesDirectory].flatMap { try files(below: $0.pushing("blobs/sha256")) }
        let layers = try files(below: store.root.appending("layers"))
        progress(.began(step: "check", total: UInt64(blobs.count + layers.count), unit: .items))
        let damaged = try await blobs.concurrentMap(limit: workers) { path in
            progress(.advanced(step: "check", by: 1, detail: path.lastComponent?.string))
            return try check(blob: path)
        }.compactMap(\.self)
        let bad = Set(damaged.map(\.path.lastComponent))
        let spoilt = try await layers.concurrentMap(limit: workers) { directory in
            progress(.advanced(step: "check", by: 1, detail: directory.lastComponent?.string))
            return try check(layer: directory, damaged: bad)
        }.compactMap(\.self)
        progress(.ended(step: "check", summary: "\(blobs.count) blobs, \(layers.count) layers"))
        return Result(blobs: blobs.count, layers: layers.count, findings: damaged + spoilt)
    }

    private func files(below directory: FilePath) throws -> [FilePath] {
        Files.isDirectory(directory) ? try Files.list(directory).map(directory.appending) : []
    }

    private func check(blob path: FilePath) throws -> Finding? {
        guard let name = path.lastComponent?.string, let digest = try? Digest(hex: name) else {
            return Finding(path: path, reason: "is not a blob")
        }
        do {
            let found = try Digest(ofFile: path)
            return found == digest ? nil : Finding(path: path, reason: "has the digest \(found)")
        } catch let error as FileError where error.errno == .noSuchFileOrDirectory {
            return nil
        }
    }

    /// A tree whose blob is missing or damaged cannot be verified.
    private func check(layer directory: FilePath, damaged: Set<FilePath.Component?>) throws -> Finding? {
        guard let key = try? Digest(hex: directory.lastComponent?.string ?? "") else {
            return Finding(path: directory, reason: "is not a layer")
        }
        // The tree below the configure step never becomes a blob; after a killed build, the next one starts again.
        let blobs = CachedLayer.blobs(of: key, in: store)
        guard let blob = blobs.first else { return nil }
        guard blobs.allSatisfy({ store.contains($0) && !damaged.contains(store.path(of: $0).lastComponent) })
        else { return Finding(path: directory, reason: "has no intact blob") }
        let difference = try LayerAudit(tree: directory.appending("tree")).difference(from: store.path(of: blob))
        return difference.map { Finding(path: directory, reason: "differs from its blob at /\($0)") }
    }
}
