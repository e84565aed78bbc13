// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Foundation
import OCI
import SystemPackage

/// A layer as a folder of real files in the cache: what a container mounts, and what the layer's blob is made from.
///
/// The folder is named after everything that decides its bytes. `facts.json` says that the tree is whole, `layer.json`
/// that the blob is made; a killed build leaves one of them out, and the next one cuts the layer again.
package struct CutLayer: Sendable {
    /// The planned name.
    package let name: String
    /// The digest of everything that decides this layer.
    package let key: Digest
    /// Where it is in the cache.
    package let folder: FilePath
    /// What dpkg must know of the packages in it.
    package let packages: [PackageFacts]
    /// The blob, or the entries that it is still to be made from.
    package let contents: Contents

    /// How far the layer is.
    package enum Contents: Sendable {
        /// The blob is in the store.
        case packed(Layer)
        /// The tree is there, the blob is not.
        case unpacked(LayerEntries)
    }

    /// The files, to be mounted.
    package var tree: FilePath { folder.appending("tree") }

    /// The layer in the cache of `store`, or `nil` when it is not there or not whole.
    package static func cached(name: String, key: Digest, in store: Store) -> CutLayer? {
        let folder = store.layerFolder(key)
        guard let layer: Layer = try? decode(folder.appending("layer.json")),
            let facts: [PackageFacts] = try? decode(folder.appending("facts.json")),
            store.contains(layer.descriptor.digest, size: layer.descriptor.size)
        else { return nil }
        // What was used last is cleaned last.
        Files.touch(folder.appending("facts.json"))
        return CutLayer(name: name, key: key, folder: folder, packages: facts, contents: .packed(layer))
    }

    /// The blob of the layer that `key` decides, as its folder says; `nil` when that is not there or not whole.
    package static func blob(of key: Digest, in store: Store) -> Digest? {
        let layer: Layer? = try? decode(store.layerFolder(key).appending("layer.json"))
        return layer?.descriptor.digest
    }

    /// Begins the folder of a layer anew, with an empty tree.
    ///
    /// - Throws: `FileError`.
    package static func emptyFolder(key: Digest, in store: Store) throws -> FilePath {
        let folder = store.layerFolder(key)
        try Files.removeTree(folder)
        try Files.makeDirectories(folder.appending("tree"))
        return folder
    }

    /// Gives the tree's folders what `entries` say of them, and says that the tree is whole.
    ///
    /// Only here, when nothing is written into them any more: each package dates the folders that it ships, and without
    /// this the last one to be ready would decide. The configure step sees those times, and copies some of them up.
    ///
    /// - Parameter setsOwners: Whether files get their owners, which takes root (of a user namespace at least).
    /// - Throws: `ArchiveError`, `FileError`.
    package static func finish(
        name: String, key: Digest, folder: FilePath, packages: [PackageFacts], entries: LayerEntries,
        setsOwners: Bool = true
    ) throws -> CutLayer {
        let writer = try TreeWriter(root: folder.appending("tree"), setsOwners: setsOwners)
        for entry in entries.entries where entry.kind == .directory { try writer.write(entry) }
        try writer.finish()
        try Files.write(JSONEncoder().encode(packages), to: folder.appending("facts.json"))
        return CutLayer(name: name, key: key, folder: folder, packages: packages, contents: .unpacked(entries))
    }

    private static func decode<Value: Decodable>(_ file: FilePath) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(Files.read(file, limit: 1 << 26)))
    }
}

extension Store {
    /// The folder of the layer that `key` decides.
    package func layerFolder(_ key: Digest) -> FilePath { root.appending("layers").appending(key.hex) }
}
