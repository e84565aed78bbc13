// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Foundation
import OCI
import SystemPackage

/// A layer as a directory of files in the cache, which a container mounts and the layer's blob is packed from.
///
/// The directory is named after the digest of all its inputs. `facts.json` marks the tree as complete, `layer.json` the
/// blob (`layer.zstd.json` for zstd); an interrupted build leaves one of them out, and the next build makes the layer
/// again.
package struct CachedLayer: Sendable {
    /// The planned name.
    package let name: String
    /// The digest of all inputs of the layer.
    package let key: Digest
    /// The directory in the cache.
    package let directory: FilePath
    /// The facts of the layer's packages for dpkg's database.
    package let packages: [PackageFacts]
    /// The blob, or the entries that it is packed from.
    package let contents: Contents

    /// The state of a layer.
    package enum Contents: Sendable {
        /// The blob is in the store, in one or more compressions.
        case packed([Layer])
        /// The tree is complete; the blob has not been packed.
        case unpacked(LayerEntries)
    }

    /// The directory of the files, to be mounted.
    package var tree: FilePath { directory.appending("tree") }

    /// Returns the layer from the cache of `store`, or nil when it is missing or incomplete.
    package static func cached(name: String, key: Digest, in store: Store) -> CachedLayer? {
        let directory = store.layerDirectory(key)
        let layers = notedLayers(in: directory).filter {
            store.contains($0.descriptor.digest, size: $0.descriptor.size)
        }
        guard !layers.isEmpty, let facts: [PackageFacts] = try? decode(directory.appending("facts.json"))
        else { return nil }
        // The clean-up removes the least recently used layers first.
        Files.touch(directory.appending("facts.json"))
        return CachedLayer(name: name, key: key, directory: directory, packages: facts, contents: .packed(layers))
    }

    /// The recorded blobs of the layer with `key`, one for each compression; empty when the layer is missing or
    /// incomplete.
    package static func blobs(of key: Digest, in store: Store) -> [Digest] {
        notedLayers(in: store.layerDirectory(key)).map(\.descriptor.digest)
    }

    /// Records `layer` as the blob of this layer in `compression`.
    ///
    /// - Throws: `FileError`.
    func note(_ layer: Layer, in compression: LayerCompression) throws {
        try Self.note(layer, in: compression, directory: directory)
    }

    static func note(_ layer: Layer, in compression: LayerCompression, directory: FilePath) throws {
        try Files.write(CanonicalJSON.encode(layer), to: directory.appending(noteName(compression)))
    }

    private static func noteName(_ compression: LayerCompression) -> String {
        compression == .gzip ? "layer.json" : "layer.\(compression.rawValue).json"
    }

    private static func notedLayers(in directory: FilePath) -> [Layer] {
        LayerCompression.allCases.compactMap { try? decode(directory.appending(noteName($0))) }
    }

    /// Creates the directory of a layer with an empty tree, replacing an old one.
    ///
    /// - Throws: `FileError`.
    package static func emptyDirectory(key: Digest, in store: Store) throws -> FilePath {
        let directory = store.layerDirectory(key)
        try Files.removeTree(directory)
        try Files.makeDirectories(directory.appending("tree"))
        return directory
    }

    /// Applies the metadata of `entries` to the tree's directories and marks the tree as complete.
    ///
    /// This is done after all files are written: each package sets the times of the directories that it ships, and the
    /// last one would win. The configure step sees these times, and overlayfs copies some of them up.
    ///
    /// - Parameter setsOwners: Whether to set the owners of files, which requires root (at least in a user namespace).
    /// - Throws: `ArchiveError`, `FileError`.
    package static func finish(
        name: String, key: Digest, directory: FilePath, packages: [PackageFacts], entries: LayerEntries,
        setsOwners: Bool = true
    ) throws -> CachedLayer {
        let writer = try TreeWriter(root: directory.appending("tree"), setsOwners: setsOwners)
        for entry in entries.entries where entry.kind == .directory { try writer.write(entry) }
        try writer.finish()
        try Files.write(JSONEncoder().encode(packages), to: directory.appending("facts.json"))
        return CachedLayer(name: name, key: key, directory: directory, packages: packages, contents: .unpacked(entries))
    }

    private static func decode<Value: Decodable>(_ file: FilePath) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(Files.read(file, limit: 1 << 26)))
    }
}

extension Store {
    /// The directory of the layer with `key`.
    func layerDirectory(_ key: Digest) -> FilePath { root.appending("layers").appending(key.hex) }
}
