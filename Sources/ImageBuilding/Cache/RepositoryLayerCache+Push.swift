// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import OCI
import Registry

extension RepositoryLayerCache {
    /// Pushes the layers that are missing or corrupt in the repository; the tags last.
    ///
    /// - Throws: `CancellationError` only.
    package func push(_ layers: [CachedLayer], from store: Store, progress: @escaping ProgressSink) async throws {
        let own = layers.filter { !fetched.contains($0.key) }
        guard !own.isEmpty, !isLost else { return }
        do {
            let missing = try await self.missing(own, from: store)
            guard !missing.isEmpty else { return }
            let destination = try await open(.writing())
            let bad = Self.blobs(of: missing.filter { broken.contains($0.key) })
            let blobs = Self.blobs(of: missing).filter { !bad.contains($0) }
            try await destination.send(await destination.missing(blobs), from: store, progress: progress)
            if !bad.isEmpty { try await destination.replace(bad, from: store, progress: progress) }
            for layer in missing {
                _ = try await destination.put(blob: layer.artifact.record)
                try await destination.put(manifest: layer.artifact.manifest, as: .tag(layer.tag))
            }
            let remark = bad.isEmpty ? "" : Self.replacing
            progress(.note("Layers pushed to the cache '\(name)': \(missing.count).\(remark)"))
        } catch {
            try giveUp("did not accept the layers built here", error, progress)
        }
    }

    /// A layer that is missing or corrupt in the repository.
    private struct Missing: Sendable {
        let key: Digest
        let tag: String
        let artifact: LayerArtifact
    }

    /// A hint for registries that never replace a blob, such as Debian's docker-registry.
    private static let replacing =
        " If the next build finds them corrupt again, the registry kept the old blobs: delete the repository there."

    private static func blobs(of layers: [Missing]) -> [RemoteBlob] {
        Set(layers.map(\.artifact.blob)).sorted { $0.digest < $1.digest }
    }

    /// The layers that are missing or corrupt in the repository.
    private func missing(_ layers: [CachedLayer], from store: Store) async throws -> [Missing] {
        let source = try await open(.reading)
        return try await layers.concurrentMap(limit: Self.parallelism) { [compression, broken] layer in
            let tag = LayerArtifact.tag(layer.key, compression)
            guard let record = LayerRecord(layer, compression: compression, in: store) else { return nil }
            if !broken.contains(layer.key), try await Self.has(tag, source) { return nil }
            return Missing(key: layer.key, tag: tag, artifact: try LayerArtifact(record))
        }
        .compactMap(\.self)
    }

    private static func has(_ tag: String, _ source: any BlobSource) async throws -> Bool {
        do {
            return try await source.digest(ofTag: tag) != nil
        } catch let error as RegistryError where error.isRefusal {
            return false
        }
    }
}
