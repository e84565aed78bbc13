// SPDX-License-Identifier: Apache-2.0

import Archive
import Core

/// A difference between two images that should be identical.
package enum ImageDifference: Sendable {
    /// The images have different layers: the names of the layers that only one of them has, in order.
    case layers(onlyInFirst: [String], onlyInSecond: [String])
    /// The files of the layer with that name differ.
    case files(layer: String, [FileDifference])
    /// The files of the layer with that name are the same, but their order or encoding in the tar differs.
    case layerBytes(layer: String)
    /// The tars are the same, but compressed differently.
    case compression(layer: String)
    /// The configurations differ at the given path, such as `config.Env`.
    case configuration(at: String)
    /// Other fields of the manifests differ.
    case manifest

    /// The first difference between `first` and `second`: the layers are compared from the lowest up, then the rest;
    /// nil when the images are identical.
    ///
    /// - Throws: `OCIError`, `ArchiveError`, `FileError`.
    package static func between(_ first: PlacedImage, _ second: PlacedImage) throws -> ImageDifference? {
        guard first.image.digest != second.image.digest else { return nil }
        let names = (first.layerNames, second.layerNames)
        guard names.0 == names.1 else {
            return .layers(
                onlyInFirst: names.0.filter { !names.1.contains($0) },
                onlyInSecond: names.1.filter { !names.0.contains($0) })
        }
        for (name, pair) in zip(names.0, zip(first.image.layers, second.image.layers)) where pair.0 != pair.1 {
            guard pair.0.diffID != pair.1.diffID else { return .compression(layer: name) }
            let files = try LayerComparison(
                first: .init(image: first, layer: pair.0), second: .init(image: second, layer: pair.1)
            ).differences()
            return files.isEmpty ? .layerBytes(layer: name) : .files(layer: name, files)
        }
        let configurations = try [first, second].map { try CanonicalJSON.jsonValue(of: $0.image.configuration) }
        return place(configurations[0], configurations[1], "").map(Self.configuration) ?? .manifest
    }

    /// The first path, in the order of the keys, at which the two values differ.
    private static func place(_ first: JSONValue, _ second: JSONValue, _ path: String) -> String? {
        if first == second { return nil }
        guard case .object(let before) = first, case .object(let after) = second else { return path }
        for key in Set(before.keys).union(after.keys).sorted() {
            let below = path.isEmpty ? key : "\(path).\(key)"
            guard let one = before[key], let other = after[key] else { return below }
            if let found = place(one, other, below) { return found }
        }
        return path
    }
}
