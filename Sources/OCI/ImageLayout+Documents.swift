// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// What an entry of a layout's index names, whatever kind of document it is: signatures and other tools' artifacts too.
package struct LayoutEntry: Hashable, Sendable {
    /// What kind of document it is said to be.
    package let mediaType: String
    /// The document's digest.
    package let digest: Digest
    /// Its length in bytes.
    package let size: UInt64

    /// Puts an entry together.
    package init(mediaType: String, digest: Digest, size: UInt64) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
    }
}

extension ImageLayout {
    /// What the tag names; `nil` where the layout, or the tag, is not there.
    ///
    /// - Throws: `OCIError.document`, `.notALayout`, `FileError`.
    package func entry(tag: String) throws -> LayoutEntry? {
        try readEntries().first { Self.name(of: $0) == tag }.map { try reading($0) }
    }

    /// The bytes of a blob, held against its digest; `nil` where it is not there.
    ///
    /// - Parameter limit: The most bytes it may have.
    /// - Throws: `OCIError.corruptBlob`, `FileError`.
    package func bytes(of digest: Digest, limit: Int) throws -> [UInt8]? {
        let path = BlobFile(digest: digest, size: 0, root: root).path
        guard Files.exists(path) else { return nil }
        let bytes = try Files.read(path, limit: limit)
        guard Digest(of: bytes) == digest else { throw OCIError.corruptBlob(digest, in: root) }
        return bytes
    }

    /// Puts a small blob in, making the layout when it is not there; other bytes that lie in its place are replaced.
    ///
    /// - Throws: `OCIError.notALayout`, `FileError`.
    @discardableResult
    package func insert(_ blob: [UInt8]) throws -> Digest {
        try prepare()
        let file = BlobFile(digest: Digest(of: blob), size: UInt64(blob.count), root: root)
        if (try? file.check()) == nil { try Files.write(blob, to: file.path) }
        return file.digest
    }

    /// Puts images in with all their blobs, by digest; several become an index. Tags stay as they are.
    ///
    /// - Returns: The manifest's or the index's digest.
    /// - Throws: As `publish(_:tags:from:)`.
    package func insert(_ images: [Image], from store: Store) throws -> Digest {
        let top = try Self.top(of: images, into: store)
        try prepare()
        for blob in images.flatMap(\.blobs) + [top] { try place(blob.file(in: store.root)) }
        try name(LayoutEntry(mediaType: top.mediaType.rawValue, digest: top.digest, size: top.size), tag: nil)
        return top.digest
    }

    /// Whether a blob of that digest and length is here.
    package func contains(_ digest: Digest, size: UInt64) -> Bool {
        BlobFile(digest: digest, size: size, root: root).exists
    }

    /// Puts a blob of the store in, making the layout when it is not there.
    ///
    /// - Throws: `OCIError.missingBlob`, `.corruptBlob`, `.notALayout`, `FileError`.
    package func insert(_ digest: Digest, size: UInt64, from store: Store) throws {
        try prepare()
        try place(BlobFile(digest: digest, size: size, root: store.root))
    }

    /// Puts a blob of the store in the place of what lies there under its name.
    ///
    /// - Throws: As `insert(_:size:from:)`.
    package func replace(_ digest: Digest, size: UInt64, from store: Store) throws {
        try prepare()
        try place(BlobFile(digest: digest, size: size, root: store.root), anew: true)
    }

    /// Puts a blob of this layout into the store, held against its digest; as a link where that can be.
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

    /// Makes `tag` name a document that is here already; without a tag, the index leads to it in any case.
    ///
    /// - Throws: `OCIError.invalidTag`, `.document`, `.notALayout`, `FileError`.
    package func name(_ entry: LayoutEntry, tag: String?) throws {
        try checkName(tag)
        try withIndexLock { try replace(entry, tag) }
    }

    /// Replaces the document that `tag` names by what `change` makes of it, while nobody else changes the index.
    ///
    /// - Parameter change: Is given the document, `nil` where there is none; gives nothing where it may stay as it is.
    /// - Throws: As `name(_:tag:)`, and what `change` throws.
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

    /// Only under the index's lock.
    private func replace(_ new: LayoutEntry, _ tag: String?) throws {
        let old = try readEntries()
        let isNew = { (entry: JSONValue) in entry["digest"]?.string == new.digest.description }
        if tag == nil, old.contains(where: isNew) { return }
        // A name says all that an entry without one said.
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
