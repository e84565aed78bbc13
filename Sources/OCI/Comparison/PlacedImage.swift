// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// An image together with the directory, a store or a layout, that has its blobs.
package struct PlacedImage: Sendable {
    /// The image.
    package let image: Image
    /// The directory that holds `blobs`.
    package let root: FilePath

    /// Puts the two together.
    package init(image: Image, root: FilePath) {
        self.image = image
        self.root = root
    }

    /// Gives `body` each entry of a layer, in the layer's order, and a function that streams its contents into a sink.
    ///
    /// - Throws: `OCIError.missingBlob`, `ArchiveError`, `FileError`, what `body` throws.
    package func forEachEntry(
        of layer: Layer, _ body: (ArchiveEntry, (ByteSink) throws -> Void) throws -> Void
    ) throws {
        let blob = layer.descriptor.file(in: root)
        guard blob.exists else { throw OCIError.missingBlob(layer.descriptor.digest, in: root) }
        try ArchiveReader(file: blob.path, name: "the layer \(layer.descriptor.digest)", endsAnywhere: true)
            .forEach(body)
    }

    /// What people call the layers, from the image's history, lowest first: the last word of what made each.
    package var layerNames: [String] {
        let told = image.configuration.history.filter { $0.emptyLayer != true }.map { entry in
            entry.createdBy?.split(separator: " ").last.map(String.init) ?? ""
        }
        return image.layers.indices.map { index in
            index < told.count && !told[index].isEmpty ? told[index] : "layer \(index + 1)"
        }
    }
}
