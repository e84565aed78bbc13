// SPDX-License-Identifier: Apache-2.0

/// The media type of a blob (OCI media-types.md). Descriptors with other types are refused.
package enum MediaType: String, Hashable, Sendable, Codable, CaseIterable {
    /// An index of images for several platforms.
    case index = "application/vnd.oci.image.index.v1+json"
    /// A manifest of one image.
    case manifest = "application/vnd.oci.image.manifest.v1+json"
    /// The configuration of an image.
    case config = "application/vnd.oci.image.config.v1+json"
    /// An uncompressed layer.
    case layer = "application/vnd.oci.image.layer.v1.tar"
    /// A layer compressed with gzip.
    case layerGzip = "application/vnd.oci.image.layer.v1.tar+gzip"
    /// A layer compressed with zstd.
    case layerZstd = "application/vnd.oci.image.layer.v1.tar+zstd"

    /// Whether a manifest's `layers` may contain this type.
    var isLayer: Bool {
        switch self {
        case .layer, .layerGzip, .layerZstd: true
        case .index, .manifest, .config: false
        }
    }

    /// Parses an external media type.
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
