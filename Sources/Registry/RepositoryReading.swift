// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// The reference of a manifest (OCI distribution-spec, "Pulling manifests": `<reference>`).
package enum ManifestName: Hashable, Sendable {
    /// By a tag.
    case tag(String)
    /// By a digest.
    case digest(Digest)
}

/// A manifest of a repository. Only `digest` is trusted; it is computed from `bytes`.
package struct StoredManifest: Hashable, Sendable {
    /// The media type in the document or the response.
    package let mediaType: String
    /// The digest of `bytes`.
    package let digest: Digest
    /// The document as stored: the bytes that are signed and hashed.
    package let bytes: [UInt8]

    /// Computes the digest of the document.
    package init(mediaType: String, bytes: [UInt8]) {
        self.mediaType = mediaType
        self.bytes = bytes
        digest = Digest(of: bytes)
    }
}

/// Read access to one repository: a name in a registry, or an image layout in a directory.
///
/// Every response is bounded; content that is requested by digest is verified against it.
package protocol RepositoryReading: Sendable {
    /// The repository's name in signatures: `registry.example/team/image`, without a tag.
    var name: String { get }
    /// The digest that a tag names, without reading the manifest; `nil` when the tag does not exist.
    func digest(ofTag tag: String) async throws -> Digest?
    /// A manifest or an index of at most 4 MiB; `nil` when it does not exist.
    func manifest(_ name: ManifestName) async throws -> StoredManifest?
    /// A small blob, in memory.
    func blob(_ digest: Digest, limit: Int) async throws -> [UInt8]
    /// The manifests whose `subject` is `subject`, from the referrers API or the referrers tag (OCI distribution-spec,
    /// "Listing referrers"), sorted by digest.
    func referrers(of subject: Digest) async throws -> [Digest]
}

/// Write access. Existing content is not sent again, so each call may be repeated after an interruption.
package protocol RepositoryWriting: RepositoryReading {
    /// Pushes images with all their blobs, by digest; no tag moves. Several images become an index.
    ///
    /// - Returns: The manifest's or the index's digest.
    func push(_ images: [Image], from store: Store, progress: @escaping ProgressSink) async throws -> Digest
    /// Pushes a small blob.
    func put(blob: [UInt8]) async throws -> Digest
    /// Pushes a manifest, under its digest or a tag; its blobs must exist.
    func put(manifest: StoredManifest, as name: ManifestName) async throws
    /// Pushes manifests by digest whose subject is `subject`, and adds them to the list of `referrers(of:)`, with one
    /// write of the referrers tag when the registry has no referrers API.
    func attach(_ manifests: [StoredManifest], to subject: Digest) async throws
    /// Checks that pushing is permitted, without leaving anything visible.
    func checkIsWritable() async throws
}

extension RepositoryWriting {
    /// Pushes the empty configuration, which every signature's manifest references (OCI image-spec, "Guidance for an
    /// empty descriptor").
    package func checkIsWritable() async throws { _ = try await put(blob: Array("{}".utf8)) }
}
