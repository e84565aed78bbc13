// SPDX-License-Identifier: Apache-2.0

import Core

/// The configuration of an image (OCI config.md).
package struct ImageConfiguration: Hashable, Sendable, Codable {
    /// The creation time, RFC 3339; nil for images of other tools that omit it.
    package var created: String?
    /// The architecture, by Go's name.
    package var architecture: String
    /// The variant of the architecture, if any.
    package var variant: String?
    /// Always `linux`.
    package var os: String
    /// The execution parameters.
    package var config: Execution
    /// The digests of the layers' tars.
    package var rootfs: RootFileSystem
    /// The history of the layers, lowest first; empty, or with one non-empty entry for each layer.
    package var history: [History]

    /// Creates a configuration; `Image.compose` sets the `rootfs`.
    package init(
        created: String, platform: Platform, config: Execution = Execution(), rootfs: RootFileSystem = .init(),
        history: [History] = []
    ) {
        self.created = created
        architecture = platform.architecture
        variant = platform.variant
        os = platform.os
        self.config = config
        self.rootfs = rootfs
        self.history = history
    }

    /// The platform of the image.
    ///
    /// - Throws: `OCIError.unknownPlatform`.
    package func platform() throws -> Platform {
        try Platform(os: os, architecture: architecture, variant: variant)
    }
}

extension ImageConfiguration {
    private enum CodingKeys: String, CodingKey { case created, architecture, variant, os, config, rootfs, history }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        created = try container.decodeIfPresent(String.self, forKey: .created)
        architecture = try container.decode(String.self, forKey: .architecture)
        variant = try container.decodeIfPresent(String.self, forKey: .variant)
        os = try container.decode(String.self, forKey: .os)
        config = try container.decodeIfPresent(Execution.self, forKey: .config) ?? Execution()
        rootfs = try container.decode(RootFileSystem.self, forKey: .rootfs)
        history = try container.decodeIfPresent([History].self, forKey: .history) ?? []
    }
}

/// The layers of an image by the digests of their uncompressed tars (OCI config.md, "rootfs").
package struct RootFileSystem: Hashable, Sendable, Codable {
    /// Always `layers`.
    package let type: String
    /// The digests, lowest layer first.
    package var diffIDs: [Digest]

    /// Creates the list.
    package init(diffIDs: [Digest] = []) {
        type = "layers"
        self.diffIDs = diffIDs
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case diffIDs = "diff_ids"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(String.self, forKey: .type)
        guard type == "layers" else { throw OCIError.unknownRootFileSystem(String(type.prefix(80))) }
        self.init(diffIDs: try container.decode([Digest].self, forKey: .diffIDs))
    }
}

/// One entry of an image's history (OCI config.md, "history").
package struct History: Hashable, Sendable, Codable {
    /// The creation time, RFC 3339.
    package var created: String?
    /// The command that created the layer.
    package var createdBy: String?
    /// A comment.
    package var comment: String?
    /// Whether the step created no layer; nil means that it created one.
    package var emptyLayer: Bool?

    /// Creates a history entry.
    package init(
        created: String? = nil, createdBy: String? = nil, comment: String? = nil, emptyLayer: Bool? = nil
    ) {
        self.created = created
        self.createdBy = createdBy
        self.comment = comment
        self.emptyLayer = emptyLayer
    }

    private enum CodingKeys: String, CodingKey {
        case created, comment
        case createdBy = "created_by"
        case emptyLayer = "empty_layer"
    }
}
