// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Foundation
import OCI
import SystemPackage

/// A layer as a directory of real files in the cache: what a container mounts, and what the layer's blob is made from.
///
/// The directory is named after everything that decides its bytes. `facts.json` says that the tree is whole,
/// `layer.json` that the blob is made (`layer.zstd.json` with that compression); a killed build leaves one of them out,
/// and the next one cuts the layer again.
package struct CachedLayer: Sendable {
    /// The planned name.
    package let name: String
    /// The digest of everything that decides this layer.
    package let key: Digest
    /// Where it is in the cache.
    package let directory: FilePath
    /// What dpkg must know of the packages in it.
    package let packages: [PackageFacts]
    /// The blob, or the entries that it is still to be made from.
    package let contents: Contents

    /// How far the layer is.
    package enum Contents: Sendable {
        /// The blob is in the store, in one compression or more.
        case packed([Layer])
        /// The tree is there, the blob is not.
        case unpacked(LayerEntries)
    }

    /// The files, to be mounted.
    package var tree: FilePath { directory.appending("tree") }

    /// The layer in the cache of `store`, or `nil` when it is not there or not whole.
    package static func cached(name: String, key: Digest, in store: Store) -> CachedLayer? {
        let directory = store.layerDirectory(key)
        let layers = notedLayers(in: directory).filter {
            store.contains($0.descriptor.digest, size: $0.descriptor.size)
        }
        guard !layers.isEmpty, let facts: [PackageFacts] = try? decode(directory.appending("facts.json"))
        else { return nil }
        // What was used last is cleaned last.
        Files.touch(directory.appending("facts.json"))
        return CachedLayer(name: name, key: key, directory: directory, packages: facts, contents: .packed(layers))
    }

    /// The blobs of the layer that `key` decides, one for each compression, as its directory says; none when that is
    /// not there or not whole.
    package static func blobs(of key: Digest, in store: Store) -> [Digest] {
        notedLayers(in: store.layerDirectory(key)).map(\.descriptor.digest)
    }

    /// Writes down that `layer` is this one's blob in `compression`.
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

    /// Begins the directory of a layer anew, with an empty tree.
    ///
    /// - Throws: `FileError`.
    package static func emptyDirectory(key: Digest, in store: Store) throws -> FilePath {
        let directory = store.layerDirectory(key)
        try Files.removeTree(directory)
        try Files.makeDirectories(directory.appending("tree"))
        return directory
    }

    /// Gives the tree's directories what `entries` say of them, and says that the tree is whole.
    ///
    /// Only here, when nothing is written into them any more: each package dates the directories that it ships, and
    /// without this the last one to be ready would decide. The configure step sees those times, and copies some of them
    /// up.
    ///
    /// - Parameter setsOwners: Whether files get their owners, which takes root (of a user namespace at least).
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
    /// The directory of the layer that `key` decides.
    func layerDirectory(_ key: Digest) -> FilePath { root.appending("layers").appending(key.hex) }
}
