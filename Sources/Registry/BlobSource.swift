// SPDX-License-Identifier: Apache-2.0

import Core

/// A repository whose blobs, of any size, can be had.
package protocol BlobSource: RepositoryReading {
    /// Puts blobs into the store, each held against its digest; what is there already is not asked for.
    func fetch(_ blobs: [RemoteBlob], into store: Store, progress: @escaping ProgressSink) async throws
}

/// A repository that takes blobs of any size.
package protocol BlobDestination: RepositoryWriting {
    /// Whether a manifest of that digest is there, and so all it needs.
    func contains(manifest: Digest) async throws -> Bool
    /// Those of `blobs` that are not there, and cannot be had from a neighbour without sending them.
    func missing(_ blobs: [RemoteBlob]) async throws -> [RemoteBlob]
    /// Puts blobs of the store in; an interrupted call goes on where it was when it is repeated.
    func send(_ blobs: [RemoteBlob], from store: Store, progress: @escaping ProgressSink) async throws
    /// Sends blobs in whose place other bytes were found. A layout then has the right ones; a registry may keep what it
    /// has.
    func replace(_ blobs: [RemoteBlob], from store: Store, progress: @escaping ProgressSink) async throws
}

extension BlobDestination {
    /// The same as sending: the distribution specification has no word for it.
    ///
    /// - Throws: As `send(_:from:progress:)`.
    package func replace(_ blobs: [RemoteBlob], from store: Store, progress: @escaping ProgressSink) async throws {
        try await send(blobs, from: store, progress: progress)
    }
}

extension LayoutRepository: BlobSource, BlobDestination {
    /// Puts blobs into the store, each held against its digest.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func fetch(_ blobs: [RemoteBlob], into store: Store, progress: @escaping ProgressSink) async throws {
        for blob in blobs { try layout.give(blob.digest, size: blob.size, to: store) }
    }

    /// Whether a manifest of that digest is there.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func contains(manifest: Digest) async throws -> Bool {
        try layout.bytes(of: manifest, limit: StoredManifest.sizeLimit) != nil
    }

    /// Those of `blobs` that are not there.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func missing(_ blobs: [RemoteBlob]) async throws -> [RemoteBlob] {
        blobs.filter { !layout.contains($0.digest, size: $0.size) }
    }

    /// Puts blobs of the store in.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func send(_ blobs: [RemoteBlob], from store: Store, progress: @escaping ProgressSink) async throws {
        for blob in blobs { try layout.insert(blob.digest, size: blob.size, from: store) }
    }

    /// Puts blobs of the store in the place of what lies there under their names.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func replace(_ blobs: [RemoteBlob], from store: Store, progress: @escaping ProgressSink) async throws {
        for blob in blobs { try layout.replace(blob.digest, size: blob.size, from: store) }
    }
}
