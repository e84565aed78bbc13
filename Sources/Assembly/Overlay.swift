// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import OCI
import SystemPackage

/// A few of the project's own files on top of the packages, in memory or read from a file: they become a small layer.
package struct Overlay: Sendable {
    /// One file, directory or link of the overlay.
    package struct Item: Sendable {
        /// The entry; the size of a file is in `kind`.
        package let entry: ArchiveEntry
        /// The source of a file's bytes.
        package let source: Source

        /// Creates an item.
        package init(entry: ArchiveEntry, source: Source) {
            self.entry = entry
            self.source = source
        }
    }

    /// The source of a file's bytes.
    package enum Source: Sendable {
        case none
        case bytes([UInt8])
        case file(FilePath)
        /// A file with this digest, which must exist only when the overlay becomes a layer.
        case blob(FilePath, Digest)
    }

    /// A display name.
    package let name: String
    /// The items, sorted by path.
    package let items: [Item]
    /// The digest of all items.
    package let key: Digest

    /// Creates an overlay of `items`.
    ///
    /// - Throws: `FileError` when a source cannot be read.
    package init(name: String, items: [Item]) throws {
        self.name = name
        self.items = items.sorted { $0.entry.path < $1.entry.path }
        var hasher = DigestHasher()
        for item in self.items { try Self.add(item, to: &hasher) }
        key = hasher.finalize()
    }

    private static func add(_ item: Item, to hasher: inout DigestHasher) throws {
        Array((item.entry.fingerprint + "\n").utf8).withUnsafeBytes { hasher.update($0) }
        switch item.source {
        case .none: break
        case .bytes(let bytes): bytes.withUnsafeBytes { hasher.update($0) }
        case .file(let path): try FileCopier().copy(path) { hasher.update($0) }
        case .blob(_, let digest): Array(digest.hex.utf8).withUnsafeBytes { hasher.update($0) }
        }
    }

    /// Creates the layer of the overlay in the cache of `store`, so that it can be mounted and packed like the others.
    ///
    /// - Parameter setsOwners: Whether to set the owners of files, which requires root (at least in a user namespace).
    /// - Throws: `ArchiveError`, `FileError`.
    package func build(in store: Store, setsOwners: Bool = true) throws -> CachedLayer {
        let key = Digest(of: "overlay\n\(AssemblyVersion.key)\n\(self.key.hex)".utf8)
        if let cached = CachedLayer.cached(name: name, key: key, in: store) { return cached }
        let directory = try CachedLayer.emptyDirectory(key: key, in: store)
        let entries = try LayerEntries(merging: [items.map(\.entry)])
        let writer = try TreeWriter(root: directory.appending("tree"), setsOwners: setsOwners)
        for item in items {
            try writer.write(item.entry) { sink in
                switch item.source {
                case .none: break
                case .bytes(let bytes): try bytes.withUnsafeBytes(sink)
                case .file(let path), .blob(let path, _): try FileCopier().copy(path, to: sink)
                }
            }
        }
        try writer.finish()
        return try CachedLayer.finish(
            name: name, key: key, directory: directory, packages: [], entries: entries, setsOwners: setsOwners)
    }
}

extension Overlay.Item {
    /// A directory owned by root.
    package static func directory(_ path: String, mode: UInt16 = 0o755, mtime: Int64) throws -> Self {
        Self(entry: try .owned(path, .directory, mode, mtime), source: .none)
    }

    /// A file with these bytes, owned by root.
    package static func file(_ path: String, _ bytes: [UInt8], mode: UInt16 = 0o644, mtime: Int64) throws -> Self {
        Self(entry: try .owned(path, .file(size: UInt64(bytes.count)), mode, mtime), source: .bytes(bytes))
    }

    /// A symbolic link.
    package static func link(_ path: String, to target: String, mtime: Int64) throws -> Self {
        Self(entry: try .owned(path, .symlink(target: target), 0o777, mtime), source: .none)
    }
}

extension ArchiveEntry {
    /// All properties of the entry as one line for a key.
    fileprivate var fingerprint: String {
        let what =
            switch kind {
            case .file(let size): "file \(size)"
            case .directory: "directory"
            case .symlink(let target): "symlink \(target)"
            case .hardlink(let target): "hardlink \(target.string)"
            }
        return "\(path.string)\0\(what)\0\(mode) \(uid) \(gid) \(mtime)"
    }

    fileprivate static func owned(_ path: String, _ kind: Kind, _ mode: UInt16, _ mtime: Int64) throws -> ArchiveEntry {
        ArchiveEntry(path: try ArchivePath(path), kind: kind, mode: mode, uid: 0, gid: 0, mtime: mtime, attributes: [:])
    }
}
