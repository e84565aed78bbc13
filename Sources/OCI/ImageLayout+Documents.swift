// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// An entry of a layout's index, of any type: also signatures and artifacts of other tools.
package struct LayoutEntry: Hashable, Sendable {
    /// The media type of the document.
    package let mediaType: String
    /// The digest of the document.
    package let digest: Digest
    /// The size in bytes.
    package let size: UInt64

    /// Creates an entry.
    package init(mediaType: String, digest: Digest, size: UInt64) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
    }
}

extension ImageLayout {
    /// The entry with the tag; nil when the layout or the tag does not exist.
    ///
    /// - Throws: `OCIError.document`, `.notALayout`, `FileError`.
    package func entry(tag: String) throws -> LayoutEntry? {
        try readEntries().first { Self.name(of: $0) == tag }.map { try reading($0) }
    }

    /// The bytes of a blob, verified against its digest; nil when it does not exist.
    ///
    /// - Parameter limit: The maximum size in bytes.
    /// - Throws: `OCIError.corruptBlob`, `FileError`.
    package func bytes(of digest: Digest, limit: Int) throws -> [UInt8]? {
        let path = BlobFile(digest: digest, size: 0, root: root).path
        guard Files.exists(path) else { return nil }
        let bytes = try Files.read(path, limit: limit)
        guard Digest(of: bytes) == digest else { throw OCIError.corruptBlob(digest, in: root) }
        return bytes
    }

    /// Writes a small blob, creating the layout when it does not exist; a corrupt blob is replaced.
    ///
    /// - Throws: `OCIError.notALayout`, `FileError`.
    @discardableResult
    package func insert(_ blob: [UInt8]) throws -> Digest {
        try prepare()
        let file = BlobFile(digest: Digest(of: blob), size: UInt64(blob.count), root: root)
        if (try? file.check()) == nil { try Files.write(blob, to: file.path) }
        return file.digest
    }

    /// Adds images with all their blobs; several images get an index. Tags are not changed.
    ///
    /// - Returns: The digest of the manifest or of the index.
    /// - Throws: As `publish(_:tags:from:)`.
    package func insert(_ images: [Image], from store: Store) throws -> Digest {
        let top = try Self.top(of: images, into: store)
        try prepare()
        for blob in images.flatMap(\.blobs) + [top] { try place(blob.file(in: store.root)) }
        try name(LayoutEntry(mediaType: top.mediaType.rawValue, digest: top.digest, size: top.size), tag: nil)
        return top.digest
    }

    /// Whether a blob with that digest and length exists.
    package func contains(_ digest: Digest, size: UInt64) -> Bool {
        BlobFile(digest: digest, size: size, root: root).exists
    }

    /// Adds a blob of the store, creating the layout when it does not exist.
    ///
    /// - Throws: `OCIError.missingBlob`, `.corruptBlob`, `.notALayout`, `FileError`.
    package func insert(_ digest: Digest, size: UInt64, from store: Store) throws {
        try prepare()
        try place(BlobFile(digest: digest, size: size, root: store.root))
    }

    /// Replaces a blob by the store's copy.
    ///
    /// - Throws: As `insert(_:size:from:)`.
    package func replace(_ digest: Digest, size: UInt64, from store: Store) throws {
        try prepare()
        try place(BlobFile(digest: digest, size: size, root: store.root), anew: true)
    }

    /// Adds a blob of this layout to the store, verified against its digest; as a hard link when possible.
    ///
    /// - Throws: `OCIError.missingBlob`, `.corruptBlob`, `FileError`.
    package func give(_ digest: Digest, size: UInt64, to store: Store) throws {
        if store.contains(digest, size: size) { return }
        let blob = BlobFile(digest: digest, size: size, root: root)
        try blob.check()
        if link(blob.path.string, store.path(of: digest).string) == 0 { return }
        let writer = try BlobWriter(store: store)
        try blob.stream { try writer.write($0) }
        _ = try writer.commit(expecting: digest)
    }

    /// Tags an existing document; without a tag, the document only gets an entry in the index.
    ///
    /// - Throws: `OCIError.invalidTag`, `.document`, `.notALayout`, `FileError`.
    package func name(_ entry: LayoutEntry, tag: String?) throws {
        try checkName(tag)
        try withIndexLock { try replace(entry, tag) }
    }

    /// Replaces the document with `tag` by the result of `change`, under the lock of the index.
    ///
    /// - Parameter change: Receives the current document, nil when there is none; returns nil to keep it.
    /// - Throws: As `name(_:tag:)`, and errors of `change`.
    package func update(
        tag: String, mediaType: String, limit: Int, _ change: ([UInt8]?) throws -> [UInt8]?
    ) throws {
        try checkName(tag)
        try prepare()
        try withIndexLock {
            let old = try entry(tag: tag).flatMap { try bytes(of: $0.digest, limit: limit) }
            guard let new = try change(old) else { return }
            let entry = LayoutEntry(mediaType: mediaType, digest: try insert(new), size: UInt64(new.count))
            try replace(entry, tag)
        }
    }

    private func checkName(_ tag: String?) throws {
        if let tag, !ReferenceGrammar.isReferenceName(tag) { throw OCIError.invalidTag(String(tag.prefix(200))) }
    }

    /// Replaces an entry; requires the lock of the index.
    private func replace(_ new: LayoutEntry, _ tag: String?) throws {
        let old = try readEntries()
        let isNew = { (entry: JSONValue) in entry["digest"]?.string == new.digest.description }
        if tag == nil, old.contains(where: isNew) { return }
        // An entry without a name is dropped when the document has one with a name.
        let kept = old.filter { entry in
            Self.name(of: entry).map { $0 != tag } ?? !isNew(entry)
        }
        let nameless = kept.filter { Self.name(of: $0) == nil }
        let named = kept.filter { Self.name(of: $0) != nil }
        let value = new.json(tag: tag)
        try write(tag == nil ? nameless + [value] + named : nameless + Self.sorted(named + [value]), unlike: old)
    }

    private static func sorted(_ entries: [JSONValue]) -> [JSONValue] {
        entries.sorted { (name(of: $0) ?? "").utf8.lexicographicallyPrecedes((name(of: $1) ?? "").utf8) }
    }

    private func reading(_ entry: JSONValue) throws -> LayoutEntry {
        guard let type = entry["mediaType"]?.string, let digest = entry["digest"]?.string.flatMap({ try? Digest($0) }),
            let size = entry["size"]?.integer.flatMap(UInt64.init(exactly:))
        else {
            throw OCIError.document(
                "index \(index)", problem: "it has a descriptor without type, SHA-256 digest and size.")
        }
        return LayoutEntry(mediaType: type, digest: digest, size: size)
    }
}

extension LayoutEntry {
    fileprivate func json(tag: String?) -> JSONValue {
        var members: [String: JSONValue] = [
            "mediaType": .string(mediaType), "digest": .string(digest.description), "size": .integer(Int64(size)),
        ]
        if let tag { members["annotations"] = .object([ImageLayout.referenceName: .string(tag)]) }
        return .object(members)
    }
}
