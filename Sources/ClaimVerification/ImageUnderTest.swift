// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Engine
import OCI
import SystemPackage
import Verify

/// The image to verify: a locally built one, or any image in a file.
package enum ImageUnderTest: Sendable {
    /// The name of a locally built image.
    case built(String)
    /// `oci:DIR[:TAG]`.
    case layout(FilePath, tag: String?)
    /// `docker-archive:FILE` and `oci-archive:FILE`.
    case archive(FilePath)

    /// Parses the argument of `verify`.
    package init(_ text: String) {
        switch ImageFile(text) {
        case .layout(let directory, let tag): self = .layout(directory, tag: tag)
        case .archive(let file): self = .archive(file)
        case nil: self = .built(text)
        }
    }
}

/// An image with the directories of its layers.
struct TestedImage: Sendable {
    let digest: Digest
    let configuration: ImageConfiguration
    let trees: [FilePath]
    let composition: ImageComposition
    /// The UID of its first process, from its configuration; this project's images start as root and change to the
    /// user.
    let userID: UInt32
    let groupID: UInt32
}

extension TestedImage {
    /// A locally built image.
    init(_ built: BuiltImage, name: String) {
        self.init(
            digest: built.image.digest, configuration: built.image.configuration, trees: built.trees,
            composition: ImageComposition(built.image, name: name), userID: 0, groupID: 0)
    }

    /// Any other image, unpacked below `directory`.
    ///
    /// - Throws: Errors of reading and unpacking.
    init(_ stored: StoredImage, name: String, unpackedTo directory: FilePath, setsOwners: Bool) throws {
        var trees: [FilePath] = []
        for (index, layer) in stored.layers.enumerated() {
            trees.append(directory.appending("layer-\(index)"))
            try LayerUnpacker.unpack(layer.file, into: trees[index], setsOwners: setsOwners)
        }
        if trees.isEmpty {
            trees = [directory.appending("empty")]
            try Files.makeDirectories(trees[0])
        }
        let identity = Self.identity(stored.configuration.config.user)
        self.init(
            digest: stored.digest, configuration: stored.configuration, trees: trees,
            composition: ImageComposition(stored, name: name), userID: identity.user, groupID: identity.group)
    }

    /// `User` of a configuration (image-spec, config.md), with numeric IDs. A name other than root counts as the user's
    /// own UID; the identity probes show the actual one.
    private static func identity(_ text: String) -> (user: UInt32, group: UInt32) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        func number(_ part: String?) -> UInt32 {
            guard let part, !part.isEmpty, part != "root" else { return 0 }
            return UInt32(part) ?? 1000
        }
        let user = number(parts.first)
        return (user, parts.count == 2 ? number(parts[1]) : user)
    }
}

extension ImageComposition {
    /// The subject of another image, from its own configuration.
    init(_ image: StoredImage, name: String) {
        let told = image.configuration.history.filter { $0.emptyLayer != true }
        let layers = image.layers.enumerated().map { index, layer in
            let origin = index < told.count ? told[index] : History()
            return Layer(
                digest: layer.digest, size: layer.size, origin: origin.comment ?? origin.createdBy ?? "")
        }
        self.init(
            name: name, platform: "\(image.configuration.os)/\(image.configuration.architecture)",
            created: image.configuration.created ?? "", layers: layers, labels: image.configuration.config.labels)
    }
}
