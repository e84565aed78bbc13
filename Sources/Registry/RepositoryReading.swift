// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// How a manifest is asked for (OCI distribution-spec, "Pulling manifests": `<reference>`).
package enum ManifestName: Hashable, Sendable {
    /// By a name that may move.
    case tag(String)
    /// By its bytes.
    case digest(Digest)
}

/// A manifest as a repository holds it: never trusted further than `digest`, which was computed from `bytes` here.
package struct StoredManifest: Hashable, Sendable {
    /// What kind of document it says it is, as it stands in the document or the answer.
    package let mediaType: String
    /// The digest of `bytes`.
    package let digest: Digest
    /// The document, byte for byte as it is stored: what is signed and hashed.
    package let bytes: [UInt8]

    /// Takes the document and computes its digest.
    package init(mediaType: String, bytes: [UInt8]) {
        self.mediaType = mediaType
        self.bytes = bytes
        digest = Digest(of: bytes)
    }
}

/// The reading half of one repository: a name in a registry, or an image layout in a directory that stands in for one.
///
/// Everything that comes back was bounded while it was read; what was asked for by digest has that digest.
package protocol RepositoryReading: Sendable {
    /// What signatures call it: `registry.example/team/image`, without a tag.
    var name: String { get }
    /// The digest that a tag names now, without reading the manifest; `nil` where there is none.
    func digest(ofTag tag: String) async throws -> Digest?
    /// A manifest or an index of at most 4 MiB; `nil` where there is none.
    func manifest(_ name: ManifestName) async throws -> StoredManifest?
    /// A small blob, kept in memory.
    func blob(_ digest: Digest, limit: Int) async throws -> [UInt8]
    /// The manifests whose `subject` is `subject`, from the referrers API or the tag that stands in for it (OCI
    /// distribution-spec, "Listing referrers"), sorted by their digests.
    func referrers(of subject: Digest) async throws -> [Digest]
}

/// The writing half. Whatever is already there is not sent again, so each call may be repeated after an interruption.
package protocol RepositoryWriting: RepositoryReading {
    /// Puts images with all their blobs in, by digest; no tag moves. Several become an index.
    ///
    /// - Returns: The manifest's or the index's digest.
    func push(_ images: [Image], from store: Store, progress: @escaping ProgressSink) async throws -> Digest
    /// Puts a small blob in.
    func put(blob: [UInt8]) async throws -> Digest
    /// Puts a manifest in, under its digest or a tag; its blobs are there already.
    func put(manifest: StoredManifest, as name: ManifestName) async throws
    /// Puts manifests in by digest that have `subject` as their subject, and makes `referrers(of:)` find them, with one
    /// write of the tag that stands in for the referrers API where there is none.
    func attach(_ manifests: [StoredManifest], to subject: Digest) async throws
    /// Asks whether something may be put in, and leaves nothing that anybody could find.
    func checkIsWritable() async throws
}

extension RepositoryWriting {
    /// Puts the empty configuration in, which every signature's manifest needs (OCI image-spec, "Guidance for an empty
    /// descriptor").
    package func checkIsWritable() async throws { _ = try await put(blob: Array("{}".utf8)) }
}
