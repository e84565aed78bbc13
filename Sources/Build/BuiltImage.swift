// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import OCI
import SystemPackage

/// An image with the directories of its layers' files, so that it can be started without unpacking.
package struct BuiltImage: Sendable {
    /// The image in the store.
    package let image: Image
    /// The trees of the layers, lowest first.
    package let trees: [FilePath]

    /// Creates a built image; `trees` is empty when an engine has its own.
    package init(image: Image, trees: [FilePath]) {
        self.image = image
        self.trees = trees
    }
}

/// Records which image was built from which inputs, so that an unchanged build has nothing to do.
package struct BuildRecords: Sendable {
    private let store: Store

    /// The records in `store`.
    package init(store: Store) { self.store = store }

    /// The record of one build.
    private struct Record: Codable {
        let manifest: Digest
        /// The directories of the layers, relative to the store. Older programs recorded absolute paths.
        let trees: [String]
    }

    /// The image that was built from the inputs with that key, when it is still complete.
    package func image(builtFrom key: Digest) -> BuiltImage? { load("inputs-\(key.hex)") }

    /// The image with that manifest, when it was built here and is still complete.
    package func image(manifest: Digest) -> BuiltImage? { load("manifest-\(manifest.hex)") }

    /// The most recently built image that is still complete.
    package func newest() -> BuiltImage? {
        let directory = store.root.appending("builds")
        let names = ((try? Files.list(directory)) ?? []).filter { $0.hasPrefix("inputs-") }
        let dated = names.compactMap { name in
            (try? Files.status(of: directory.appending(name))).map { (name, $0.st_mtim.tv_sec) }
        }
        return dated.max { $0.1 < $1.1 }.flatMap { load($0.0) }
    }

    /// Records `built` as the result of the inputs with that key.
    ///
    /// - Throws: `FileError`.
    package func remember(_ built: BuiltImage, builtFrom key: Digest) throws {
        let directory = store.root.appending("builds")
        try Files.makeDirectories(directory)
        let trees = built.trees.map { tree in
            var path = tree
            return (path.removePrefix(store.root) ? path : tree).string
        }
        let record = Record(manifest: built.image.descriptor.digest, trees: trees)
        let bytes = try JSONEncoder().encode(record)
        try Files.write(bytes, to: directory.appending("inputs-\(key.hex)"))
        try Files.write(bytes, to: directory.appending("manifest-\(built.image.descriptor.digest.hex)"))
    }

    /// Loads a record and protects its image from removal until this process exits: its layers may be mounted.
    private func load(_ name: String) -> BuiltImage? {
        guard (try? store.holdUntilExit()) != nil else { return nil }
        let file = store.root.appending("builds").appending(name)
        guard let bytes = try? Files.read(file, limit: 1 << 20),
            let record = try? JSONDecoder().decode(Record.self, from: Data(bytes)),
            let image = try? Image.load(record.manifest, from: store),
            image.manifest.layers.allSatisfy({ store.contains($0.digest, size: $0.size) }),
            case let trees = record.trees.map(tree), trees.allSatisfy({ Files.exists($0) })
        else { return nil }
        return BuiltImage(image: image, trees: trees)
    }

    /// The directory of a layer in this store. An absolute path may lead into the place that the store had before it was
    /// moved: only its end, `layers/DIGEST/tree`, is used.
    private func tree(_ recorded: String) -> FilePath {
        let path = FilePath(recorded)
        guard path.isAbsolute else { return store.root.pushing(path) }
        return path.components.suffix(3).reduce(store.root) { $0.appending($1) }
    }
}
