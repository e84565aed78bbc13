// SPDX-License-Identifier: Apache-2.0

/// What a blob is (OCI media-types.md). A descriptor with another type is refused: nothing here could read it.
package enum MediaType: String, Hashable, Sendable, Codable, CaseIterable {
    /// A list of images, one for each platform.
    case index = "application/vnd.oci.image.index.v1+json"
    /// One image: its configuration and layers.
    case manifest = "application/vnd.oci.image.manifest.v1+json"
    /// An image's configuration.
    case config = "application/vnd.oci.image.config.v1+json"
    /// A layer, a plain tar.
    case layer = "application/vnd.oci.image.layer.v1.tar"
    /// A layer compressed with gzip.
    case layerGzip = "application/vnd.oci.image.layer.v1.tar+gzip"
    /// A layer compressed with zstd.
    case layerZstd = "application/vnd.oci.image.layer.v1.tar+zstd"

    /// Whether a blob of this type may stand in a manifest's `layers`.
    var isLayer: Bool {
        switch self {
        case .layer, .layerGzip, .layerZstd: true
        case .index, .manifest, .config: false
        }
    }

    /// Reads a type from outside.
    ///
    /// - Throws: `OCIError.unknownMediaType`.
    package init(checking text: String) throws {
        guard let known = MediaType(rawValue: text) else { throw OCIError.unknownMediaType(String(text.prefix(120))) }
        self = known
    }

    package init(from decoder: any Decoder) throws {
        try self.init(checking: decoder.singleValueContainer().decode(String.self))
    }
}
