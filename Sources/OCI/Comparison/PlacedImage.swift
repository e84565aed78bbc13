// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// An image and the directory, a store or a layout, that contains its blobs.
package struct PlacedImage: Sendable {
    /// The image.
    package let image: Image
    /// The directory with `blobs`.
    package let root: FilePath

    /// Creates it.
    package init(image: Image, root: FilePath) {
        self.image = image
        self.root = root
    }

    /// Calls `body` with each entry of a layer, in order, and a function that streams its contents into a sink.
    ///
    /// - Throws: `OCIError.missingBlob`, `ArchiveError`, `FileError`, errors of `body`.
    package func forEachEntry(
        of layer: Layer, _ body: (ArchiveEntry, (ByteSink) throws -> Void) throws -> Void
    ) throws {
        let blob = layer.descriptor.file(in: root)
        guard blob.exists else { throw OCIError.missingBlob(layer.descriptor.digest, in: root) }
        try ArchiveReader(file: blob.path, name: "the layer \(layer.descriptor.digest)", endsAnywhere: true)
            .forEach(body)
    }

    /// The display names of the layers from the image's history, lowest first: the last word of each `created_by`.
    package var layerNames: [String] {
        let told = image.configuration.history.filter { $0.emptyLayer != true }.map { entry in
            entry.createdBy?.split(separator: " ").last.map(String.init) ?? ""
        }
        return image.layers.indices.map { index in
            index < told.count && !told[index].isEmpty ? told[index] : "layer \(index + 1)"
        }
    }
}
