// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

extension RegistryRepository {
    /// Pushes images by digest; no tag moves.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func push(_ images: [Image], from store: Store, progress: @escaping ProgressSink) async throws -> Digest {
        let top = try ImageLayout.top(of: images, into: store)
        // A registry accepts no manifest whose blobs it does not have: an existing manifest is complete.
        if try await contains(manifest: top.digest) {
            progress(.note("\(name) has \(top.digest) already."))
            return top.digest
        }
        let blobs = images.flatMap { [$0.manifest.config] + $0.manifest.layers }
        let unique = Dictionary(blobs.map { ($0.digest, RemoteBlob(digest: $0.digest, size: $0.size)) }) { one, _ in one
        }
        let missing = try await missing(unique.values.sorted { $0.digest < $1.digest })
        try await send(missing, from: store, progress: progress)
        for document in images.map(\.descriptor) + (images.count > 1 ? [top] : []) {
            let bytes = try store.read(document.digest, limit: StoredManifest.sizeLimit)
            let manifest = StoredManifest(mediaType: document.mediaType.rawValue, bytes: bytes)
            try await put(manifest: manifest, as: .digest(document.digest))
        }
        return top.digest
    }
}
