// SPDX-License-Identifier: Apache-2.0

/// An image that an index lists twice for a platform: the same files, with gzip and with zstd layers.
///
/// The gzip image is listed first: clients that are not aware of the variants use the first match (OCI image-index.md,
/// "manifests": "the first matching entry SHOULD be used"), and Docker before 23 supports only gzip. The zstd image is
/// marked in the way that containers/image recognizes.
package enum CompressionVariant {
    /// The annotation of a descriptor whose image has zstd layers.
    package static let zstdAnnotation = "io.github.containers.compression.zstd"

    /// The preferred entry for this program among the entries of one platform: the smaller zstd image, else the first.
    package static func preferred<Entry>(among entries: some Sequence<Entry>, isZstd: (Entry) -> Bool) -> Entry? {
        let entries = Array(entries)
        return entries.first(where: isZstd) ?? entries.first
    }
}

extension Descriptor {
    /// Whether an index marks this image as having zstd layers.
    var isMarkedZstd: Bool { annotations?[CompressionVariant.zstdAnnotation] == "true" }
}

extension Image {
    /// Whether the image has zstd layers.
    package var isZstd: Bool { manifest.layers.contains { $0.mediaType == .layerZstd } }

    /// The descriptor of the image for an index.
    var listed: Descriptor {
        var listed = descriptor
        if isZstd { listed.annotations = [CompressionVariant.zstdAnnotation: "true"] }
        return listed
    }
}

extension ImageIndex {
    /// The preferred image for `platform` for this program.
    package func preferred(for platform: Platform) -> Descriptor? {
        CompressionVariant.preferred(among: manifests.filter { $0.platform == platform }, isZstd: \.isMarkedZstd)
    }
}
