// SPDX-License-Identifier: Apache-2.0

import Assembly
import Build
import Core
import Glibc
import OCI
import SystemPackage

/// Everything in a store that can be removed, because it can be built or downloaded again.
package struct StoreInventory: Sendable {
    /// The kind of an entry.
    package enum Kind: String, CaseIterable, Comparable, Sendable {
        case temporary = "temporary files"
        case download = "downloads"
        case layer = "layers"
        case image = "parts of images without a name"
        case record = "notes of builds"

        package static func < (left: Self, right: Self) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    /// One entry, which is removed as a whole.
    package struct Item: Sendable {
        /// The kind.
        package let kind: Kind
        /// The files and directories.
        package let paths: [FilePath]
        /// The disk usage.
        package let bytes: UInt64
        /// The time in seconds since 1970.
        package let lastUse: Int64

        /// Creates an entry.
        package init(kind: Kind, paths: [FilePath], bytes: UInt64, lastUse: Int64) {
            (self.kind, self.paths, self.bytes, self.lastUse) = (kind, paths, bytes, lastUse)
        }
    }

    /// All entries.
    package let items: [Item]

    /// Scans `store`.
    ///
    /// - Throws: `FileError`, `OCIError`.
    package init(_ store: Store) throws {
        var reader = InventoryReader(store: store)
        items = try reader.read()
    }
}

/// Scans a store.
private struct InventoryReader {
    let store: Store
    /// Blobs that do not belong to downloads.
    var owned: Set<String> = []

    init(store: Store) { self.store = store }

    mutating func read() throws -> [StoreInventory.Item] {
        let layers = try layers()
        let records = try records()
        return try temporaries() + layers + records + images() + downloads()
    }

    private func names(_ directory: FilePath) throws -> [String] {
        Files.isDirectory(directory) ? try Files.list(directory) : []
    }

    private func item(_ kind: StoreInventory.Kind, _ paths: [FilePath], usedBy file: FilePath) throws
        -> StoreInventory.Item?
    {
        // Another process may have just removed the file.
        guard let status = try? Files.status(of: file) else { return nil }
        let bytes = try paths.filter(Files.exists).reduce(UInt64(0)) { try $0 + Files.diskUsage($1) }
        let lastUse = Int64(max(status.st_mtim.tv_sec, kind == .download ? status.st_atim.tv_sec : 0))
        return .init(kind: kind, paths: paths, bytes: bytes, lastUse: lastUse)
    }

    private func temporaries() throws -> [StoreInventory.Item] {
        let directory = store.root.appending("tmp")
        return try names(directory).compactMap { name in
            try item(.temporary, [directory.appending(name)], usedBy: directory.appending(name))
        }
    }

    /// A layer is its directory with the tree, and its blobs. A blob of several equal layers belongs to the last one.
    private mutating func layers() throws -> [StoreInventory.Item] {
        let directory = store.root.appending("layers")
        let found = try names(directory).compactMap { name -> FoundLayer? in
            guard let key = try? Digest(hex: name) else { return nil }
            let facts = directory.appending(name).appending("facts.json")
            let dated = Files.exists(facts) ? facts : directory.appending(name)
            guard let status = try? Files.status(of: dated) else { return nil }
            return FoundLayer(
                directory: directory.appending(name), dated: dated, blobs: CachedLayer.blobs(of: key, in: store),
                time: Int64(status.st_mtim.tv_sec))
        }
        return try found.sorted { $0.time > $1.time }.compactMap { layer in
            let blobs = layer.blobs.filter { owned.insert($0.hex).inserted }.map(store.path)
            return try item(.layer, [layer.directory] + blobs, usedBy: layer.dated)
        }
    }

    private struct FoundLayer {
        let directory: FilePath
        /// The file whose time is the layer's last use.
        let dated: FilePath
        let blobs: [Digest]
        let time: Int64
    }

    /// The record of a build, with the manifest and the configuration of its image.
    private mutating func records() throws -> [StoreInventory.Item] {
        let directory = store.root.appending("builds")
        return try names(directory).filter { $0.hasPrefix("manifest-") }.compactMap { name in
            let file = directory.appending(name)
            var paths = [file]
            if let manifest = try? Digest(hex: name.dropFirst("manifest-".count)),
                let image = try? Image.load(manifest, from: store)
            {
                let documents = [manifest, image.manifest.config.digest]
                owned.formUnion(documents.map(\.hex))
                paths += documents.map(store.path)
            }
            return try item(.record, paths, usedBy: file)
        }
    }

    /// Blobs of the images' layout that no name refers to.
    private func images() throws -> [StoreInventory.Item] {
        let layout = ImageLayout(root: store.imagesDirectory)
        guard Files.isDirectory(store.imagesDirectory) else { return [] }
        return try layout.unreachableBlobs().compactMap { try item(.image, [$0], usedBy: $0) }
    }

    private func downloads() throws -> [StoreInventory.Item] {
        let directory = store.root.pushing("blobs/sha256")
        return try names(directory).filter { !owned.contains($0) }.compactMap { name in
            try item(.download, [directory.appending(name)], usedBy: directory.appending(name))
        }
    }
}
