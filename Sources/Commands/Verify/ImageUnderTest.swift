// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Engine
import OCI
import SystemPackage
import Verify

/// The image that `verify` is to judge: one that was built here, or anybody's in a file.
enum ImageUnderTest: Sendable {
    /// A name among those built here.
    case built(String)
    /// `oci:DIR[:TAG]`.
    case layout(FilePath, tag: String?)
    /// `docker-archive:FILE`.
    case dockerArchive(FilePath)

    /// Reads the argument of `verify`. As with skopeo, the last colon of a layout's name begins the tag, unless what
    /// stands behind it is a path.
    init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count == 2 ? parts[1] : "") {
        case ("oci", let rest) where !rest.isEmpty:
            let named = rest.split(separator: ":", maxSplits: 1).map(String.init)
            self = .layout(FilePath(named[0]), tag: named.count == 2 ? named[1] : nil)
        case ("docker-archive", let rest) where !rest.isEmpty: self = .dockerArchive(FilePath(rest))
        default: self = .built(text)
        }
    }
}

/// An image with the directories of its layers.
struct TestedImage: Sendable {
    let digest: Digest
    let configuration: ImageConfiguration
    let trees: [FilePath]
    let composition: ImageComposition
    /// Who its first process is, as its configuration has it; ours begins as root and becomes the user.
    let userID: UInt32
    let groupID: UInt32
}

extension TestedImage {
    /// One that was built here.
    init(_ built: BuiltImage, name: String) {
        self.init(
            digest: built.image.digest, configuration: built.image.configuration, trees: built.trees,
            composition: ImageComposition(built.image, name: name), userID: 0, groupID: 0)
    }

    /// One of other making, unpacked below `directory`.
    ///
    /// - Throws: What reading and unpacking throw.
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

    /// `User` of a configuration (image-spec, config.md): numbers. Any name but root's counts as the user's own number:
    /// a look at the identity shows what is true.
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
    /// What an image of other making says of itself.
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
