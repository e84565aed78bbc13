// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import OCI
import SystemPackage

/// The layers of pulled images as directories, for the embedded engine. They are stored beside the layers of builds,
/// each once, and `clean` removes both kinds.
struct PulledLayers {
    let store: Store

    /// The directories, lowest first.
    ///
    /// - Throws: `ArchiveError`, `FileError`.
    func trees(of image: Image) async throws -> [FilePath] {
        var trees: [FilePath] = []
        for layer in image.layers {
            let directory = store.root.appending("layers").appending(layer.descriptor.digest.hex)
            let tree = directory.appending("tree")
            try await store.withLock("unpack-\(layer.descriptor.digest.hex.prefix(16))") {
                if !Files.exists(tree) { try unpack(layer, into: directory) }
            }
            Files.touch(directory)
            trees.append(tree)
        }
        return trees
    }

    /// Unpacks into a temporary directory and renames it, so that an existing directory is complete.
    private func unpack(_ layer: Layer, into directory: FilePath) throws {
        let temporary = store.temporaryPath()
        defer { try? Files.removeTree(temporary) }
        try Files.makeDirectories(temporary)
        try LayerUnpacker.unpack(
            store.path(of: layer.descriptor.digest), into: temporary.appending("tree"), setsOwners: geteuid() == 0,
            dropsSetID: true)
        try Files.makeDirectories(directory.removingLastComponent())
        try Files.removeTree(directory)
        try mapErrno("rename", directory) {
            guard rename(temporary.string, directory.string) == 0 else { throw Errno(rawValue: errno) }
        }
    }
}
