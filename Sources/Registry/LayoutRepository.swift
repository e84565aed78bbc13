// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage

/// One repository in a directory: an OCI image layout whose tags are those of a registry's repository.
///
/// Referrers are found through the referrers tag schema, so that a copy of the layout, file by file or by a tool that
/// copies tags, is complete. Safe with concurrent processes that write to the same directory.
package struct LayoutRepository: RepositoryWriting {
    /// The repository's name in signatures.
    package let name: String
    let layout: ImageLayout

    /// The layout in the directory `root`, which the first write creates.
    ///
    /// - Parameter name: The repository that the directory represents, such as `registry.example/team/image`.
    package init(root: FilePath, name: String) {
        self.name = name
        layout = ImageLayout(root: root)
    }

    /// The digest that the tag names.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func digest(ofTag tag: String) async throws -> Digest? { try layout.entry(tag: tag)?.digest }

    /// A manifest or an index; `nil` when there is none.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func manifest(_ name: ManifestName) async throws -> StoredManifest? {
        let (digest, announced): (Digest, String?)
        switch name {
        case .digest(let wanted): (digest, announced) = (wanted, nil)
        case .tag(let tag):
            guard let entry = try layout.entry(tag: tag) else { return nil }
            (digest, announced) = (entry.digest, entry.mediaType)
        }
        guard let bytes = try layout.bytes(of: digest, limit: StoredManifest.sizeLimit) else { return nil }
        return try StoredManifest(checking: bytes, announced: announced, from: "\(digest) in '\(layout.root)'")
    }

    /// A small blob.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func blob(_ digest: Digest, limit: Int) async throws -> [UInt8] {
        guard let bytes = try layout.bytes(of: digest, limit: limit) else {
            throw OCIError.missingBlob(digest, in: layout.root)
        }
        return bytes
    }

    /// The manifests whose subject is `subject`, sorted.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func referrers(of subject: Digest) async throws -> [Digest] {
        let tag = ReferrersIndex.tag(for: subject)
        guard let entry = try layout.entry(tag: tag) else { return [] }
        let bytes = try layout.bytes(of: entry.digest, limit: StoredManifest.sizeLimit)
        return try ReferrersIndex(bytes, from: place(tag)).digests
    }

    /// Writes images by digest; no tag moves.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func push(_ images: [Image], from store: Store, progress: @escaping ProgressSink) async throws -> Digest {
        try layout.insert(images, from: store)
    }

    /// Writes a small blob.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func put(blob: [UInt8]) async throws -> Digest { try layout.insert(blob) }

    /// Writes a manifest, under its digest or a tag.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func put(manifest: StoredManifest, as name: ManifestName) async throws {
        if case .digest(let digest) = name, digest != manifest.digest {
            throw StoreError.digestMismatch(expected: digest, actual: manifest.digest)
        }
        try layout.insert(manifest.bytes)
        try layout.name(entry(of: manifest), tag: name.tag)
    }

    /// Writes manifests and adds them to the list of `referrers(of:)`.
    ///
    /// - Throws: `OCIError`, `RegistryError`, `FileError`.
    package func attach(_ manifests: [StoredManifest], to subject: Digest) async throws {
        for manifest in manifests { try layout.insert(manifest.bytes) }
        let tag = ReferrersIndex.tag(for: subject)
        try layout.update(tag: tag, mediaType: ManifestType.index, limit: StoredManifest.sizeLimit) { bytes in
            var index = try ReferrersIndex(bytes, from: place(tag))
            return index.add(manifests) ? index.serialized() : nil
        }
    }

    private func place(_ tag: String) -> String { "'\(tag)' in '\(layout.root)'" }

    private func entry(of manifest: StoredManifest) -> LayoutEntry {
        LayoutEntry(mediaType: manifest.mediaType, digest: manifest.digest, size: UInt64(manifest.bytes.count))
    }
}

extension ManifestName {
    /// The tag, if the name is one.
    var tag: String? {
        guard case .tag(let tag) = self else { return nil }
        return tag
    }
}
