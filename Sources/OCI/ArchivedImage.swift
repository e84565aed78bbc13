// SPDX-License-Identifier: Apache-2.0

import Archive
import Core

/// An image as stored in an archive for `docker load`: with its own blobs, except that zstd layers, which Docker before
/// 23 does not unpack, are replaced by their tars. The configuration lists the digests of the tars, so that the image's
/// id is unchanged.
struct ArchivedImage {
    /// The manifest: the image's own, or a new one with the uncompressed layers.
    let descriptor: Descriptor
    /// The layers, lowest first.
    let layers: [Descriptor]
    private let image: Image
    private let store: Store
    /// The manifest's bytes, when it is not a blob of the store.
    private let manifest: [UInt8]?
    /// The compressed blob of each uncompressed layer.
    private let compressed: [Digest: Descriptor]

    /// The maximum size of an unpacked layer in bytes.
    private static let sizeLimit = ArchiveLimits().totalBytes

    /// - Throws: `OCIError.missingBlob`, `.corruptBlob`, `ArchiveError`, `FileError`.
    init(_ image: Image, in store: Store) throws {
        (self.image, self.store) = (image, store)
        guard image.isZstd else {
            (descriptor, layers, manifest, compressed) = (image.descriptor, image.manifest.layers, nil, [:])
            return
        }
        layers = try image.layers.map { try Self.plain($0, in: store) }
        let document = ImageManifest(
            config: image.manifest.config, layers: layers, annotations: image.manifest.annotations)
        let bytes = try CanonicalJSON.encode(document)
        descriptor = Descriptor(
            mediaType: .manifest, digest: Digest(of: bytes), size: UInt64(bytes.count), platform: image.platform)
        manifest = bytes
        compressed = Dictionary(zip(layers.map(\.digest), image.manifest.layers)) { first, _ in first }
    }

    /// The distinct blobs: the manifest, the configuration, the layers from the lowest up.
    var blobs: [Descriptor] {
        var seen: Set<Digest> = []
        return ([descriptor, image.manifest.config] + layers).filter { seen.insert($0.digest).inserted }
    }

    /// Streams a blob to `sink` and verifies it on the way.
    ///
    /// - Throws: As `init`; errors of `sink`.
    func stream(_ blob: Descriptor, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        if blob == descriptor, let manifest { return try manifest.withUnsafeBytes(sink) }
        guard let source = compressed[blob.digest] else { return try blob.file(in: store.root).stream(to: sink) }
        var hasher = DigestHasher()
        try Self.unpack(source, in: store) { bytes in
            hasher.update(bytes)
            try sink(bytes)
        }
        guard hasher.finalize() == blob.digest else { throw OCIError.corruptBlob(source.digest, in: store.root) }
    }

    /// The tar of a layer. An archive needs its length in advance, so the layer is decompressed an additional time.
    private static func plain(_ layer: Layer, in store: Store) throws -> Descriptor {
        var size: UInt64 = 0
        try unpack(layer.descriptor, in: store) { size += UInt64($0.count) }
        return Descriptor(mediaType: .layer, digest: layer.diffID, size: size)
    }

    private static func unpack(_ blob: Descriptor, in store: Store, to sink: ByteSink) throws {
        let file = blob.file(in: store.root)
        guard file.exists else { throw OCIError.missingBlob(blob.digest, in: store.root) }
        try Decompression.stream(file: file.path, limit: sizeLimit, to: sink)
    }
}
