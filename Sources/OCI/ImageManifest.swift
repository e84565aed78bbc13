// SPDX-License-Identifier: Apache-2.0

/// An image manifest: a configuration and the layers, lowest first (OCI manifest.md).
package struct ImageManifest: Hashable, Sendable, Codable {
    /// Always 2.
    package let schemaVersion: Int
    /// Always `.manifest`.
    package let mediaType: MediaType
    /// The descriptor of the configuration.
    package let config: Descriptor
    /// The descriptors of the layers, lowest first.
    package let layers: [Descriptor]
    /// The annotations.
    package let annotations: [String: String]?

    /// Creates a manifest; empty `annotations` are omitted.
    package init(config: Descriptor, layers: [Descriptor], annotations: [String: String]? = nil) {
        schemaVersion = 2
        mediaType = .manifest
        self.config = config
        self.layers = layers
        self.annotations = annotations?.isEmpty == true ? nil : annotations
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try SchemaVersion.check(container.decode(Int.self, forKey: .schemaVersion))
        // Only recommended by the specification; when present it must be correct (type confusion attacks).
        try SchemaVersion.check(container.decodeIfPresent(MediaType.self, forKey: .mediaType), is: .manifest)
        try self.init(
            config: container.decode(Descriptor.self, forKey: .config),
            layers: container.decode([Descriptor].self, forKey: .layers),
            annotations: container.decodeIfPresent([String: String].self, forKey: .annotations))
        try SchemaVersion.check(config.mediaType, is: .config)
        for layer in layers where !layer.mediaType.isLayer {
            throw OCIError.wrongMediaType(layer.mediaType, wanted: .layerGzip)
        }
    }
}

/// An image index: images for several platforms (OCI image-index.md).
package struct ImageIndex: Hashable, Sendable, Codable {
    /// Always 2.
    package let schemaVersion: Int
    /// Always `.index`.
    package let mediaType: MediaType
    /// The descriptors of the images' manifests.
    package let manifests: [Descriptor]
    /// The annotations.
    package let annotations: [String: String]?

    /// Creates an index; empty `annotations` are omitted.
    package init(manifests: [Descriptor], annotations: [String: String]? = nil) {
        schemaVersion = 2
        mediaType = .index
        self.manifests = manifests
        self.annotations = annotations?.isEmpty == true ? nil : annotations
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try SchemaVersion.check(container.decode(Int.self, forKey: .schemaVersion))
        try SchemaVersion.check(container.decodeIfPresent(MediaType.self, forKey: .mediaType), is: .index)
        try self.init(
            manifests: container.decode([Descriptor].self, forKey: .manifests),
            annotations: container.decodeIfPresent([String: String].self, forKey: .annotations))
    }
}

/// The requirements of manifest.md and image-index.md on both documents.
private enum SchemaVersion {
    static func check(_ version: Int) throws {
        guard version == 2 else { throw OCIError.unknownSchemaVersion(version) }
    }

    static func check(_ found: MediaType?, is wanted: MediaType) throws {
        if let found, found != wanted { throw OCIError.wrongMediaType(found, wanted: wanted) }
    }
}
