// SPDX-License-Identifier: Apache-2.0

import Core

/// A repository from which blobs of any size can be fetched.
package protocol BlobSource: RepositoryReading {
    /// Fetches blobs into the store, each verified against its digest; blobs that the store has are skipped.
    func fetch(_ blobs: [RemoteBlob], into store: Store, progress: @escaping ProgressSink) async throws
}

/// A repository to which blobs of any size can be pushed.
package protocol BlobDestination: RepositoryWriting {
    /// Whether the repository has the manifest of that digest, and so everything that it references.
    func contains(manifest: Digest) async throws -> Bool
    /// The blobs that the repository does not have and that no cross-repository mount provides.
    func missing(_ blobs: [RemoteBlob]) async throws -> [RemoteBlob]
    /// Pushes blobs of the store; an interrupted push is resumed when the call is repeated.
    func send(_ blobs: [RemoteBlob], from store: Store, progress: @escaping ProgressSink) async throws
    /// Sends blobs that the repository has with other bytes. A layout then replaces them; a registry may keep its own.
    func replace(_ blobs: [RemoteBlob], from store: Store, progress: @escaping ProgressSink) async throws
}

extension BlobDestination {
    /// The same as sending: the distribution specification has no request to replace a blob.
    ///
    /// - Throws: As `send(_:from:progress:)`.
    package func replace(_ blobs: [RemoteBlob], from store: Store, progress: @escaping ProgressSink) async throws {
        try await send(blobs, from: store, progress: progress)
    }
}

extension LayoutRepository: BlobSource, BlobDestination {
    /// Fetches blobs into the store, each verified against its digest.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func fetch(_ blobs: [RemoteBlob], into store: Store, progress: @escaping ProgressSink) async throws {
        for blob in blobs { try layout.give(blob.digest, size: blob.size, to: store) }
    }

    /// Whether the layout has the manifest of that digest.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func contains(manifest: Digest) async throws -> Bool {
        try layout.bytes(of: manifest, limit: StoredManifest.sizeLimit) != nil
    }

    /// The blobs that the layout does not have.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func missing(_ blobs: [RemoteBlob]) async throws -> [RemoteBlob] {
        blobs.filter { !layout.contains($0.digest, size: $0.size) }
    }

    /// Copies blobs of the store into the layout.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func send(_ blobs: [RemoteBlob], from store: Store, progress: @escaping ProgressSink) async throws {
        for blob in blobs { try layout.insert(blob.digest, size: blob.size, from: store) }
    }

    /// Replaces blobs of the layout with those of the store.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func replace(_ blobs: [RemoteBlob], from store: Store, progress: @escaping ProgressSink) async throws {
        for blob in blobs { try layout.replace(blob.digest, size: blob.size, from: store) }
    }
}
