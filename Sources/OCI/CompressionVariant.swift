// SPDX-License-Identifier: Apache-2.0

/// An image that an index has twice for a platform: the same files, with gzip and with zstd.
///
/// gzip stands first. Who knows nothing of this takes the first that matches (OCI image-index.md, "manifests": "the
/// first matching entry SHOULD be used"), and Docker before 23 unpacks nothing else. The other is marked as
/// containers/image marks and finds it.
package enum CompressionVariant {
    /// The annotation of a descriptor whose image has zstd layers.
    package static let zstdAnnotation = "io.github.containers.compression.zstd"

    /// What our own programs take among the entries of one platform: the smaller one, else the first.
    package static func preferred<Entry>(among entries: some Sequence<Entry>, isZstd: (Entry) -> Bool) -> Entry? {
        let entries = Array(entries)
        return entries.first(where: isZstd) ?? entries.first
    }
}

extension Descriptor {
    /// Whether an index says that this image has zstd layers.
    var isMarkedZstd: Bool { annotations?[CompressionVariant.zstdAnnotation] == "true" }
}

extension Image {
    /// Whether it is for those only who read zstd.
    package var isZstd: Bool { manifest.layers.contains { $0.mediaType == .layerZstd } }

    /// The reference to the image as an index has it.
    var listed: Descriptor {
        var listed = descriptor
        if isZstd { listed.annotations = [CompressionVariant.zstdAnnotation: "true"] }
        return listed
    }
}

extension ImageIndex {
    /// The image for `platform` that our own programs take.
    package func preferred(for platform: Platform) -> Descriptor? {
        CompressionVariant.preferred(among: manifests.filter { $0.platform == platform }, isZstd: \.isMarkedZstd)
    }
}
