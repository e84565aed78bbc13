// SPDX-License-Identifier: Apache-2.0

import Core

/// What a container made from the image is like (OCI config.md).
package struct ImageConfiguration: Hashable, Sendable, Codable {
    /// When the image was made, RFC 3339; `nil` in images of other making that do not say it.
    package var created: String?
    /// Go's name of the architecture.
    package var architecture: String
    /// The level inside the architecture, where it matters.
    package var variant: String?
    /// Always `linux`.
    package var os: String
    /// How a container is started.
    package var config: Execution
    /// The layers by the digests of their tars.
    package var rootfs: RootFileSystem
    /// Where each layer came from, lowest first; empty, or one entry with a layer for each layer.
    package var history: [History]

    /// Puts a configuration together; `Image.compose` fills in the `rootfs`.
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

    /// The machine the image is for.
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

    /// Puts the list together.
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

/// One step of an image's making (OCI config.md, "history").
package struct History: Hashable, Sendable, Codable {
    /// When, RFC 3339.
    package var created: String?
    /// By which command.
    package var createdBy: String?
    /// A remark.
    package var comment: String?
    /// Whether the step made no layer; `nil` is "it made one".
    package var emptyLayer: Bool?

    /// Puts a step together.
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
