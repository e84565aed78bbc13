// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// An image for one platform, whose blobs are in a store or a layout.
package struct Image: Hashable, Sendable {
    /// The descriptor of the manifest as listed in an index, with the platform.
    package let descriptor: Descriptor
    /// The manifest.
    package let manifest: ImageManifest
    /// The configuration.
    package let configuration: ImageConfiguration

    /// The digest of the manifest, which identifies the image.
    package var digest: Digest { descriptor.digest }

    /// The platform of the image.
    package let platform: Platform

    /// The layers, lowest first.
    package var layers: [Layer] {
        zip(manifest.layers, configuration.rootfs.diffIDs).map { Layer(descriptor: $0, diffID: $1) }
    }

    /// The distinct blobs of the image: the manifest, the configuration, the layers from the lowest up.
    package var blobs: [Descriptor] {
        var seen: Set<Digest> = []
        return ([descriptor, manifest.config] + manifest.layers).filter { seen.insert($0.digest).inserted }
    }

    private init(manifest digest: Digest, size: UInt64, _ manifest: ImageManifest, _ configuration: ImageConfiguration)
        throws
    {
        let platform = try configuration.platform()
        self.platform = platform
        descriptor = Descriptor(mediaType: .manifest, digest: digest, size: size, platform: platform)
        self.manifest = manifest
        self.configuration = configuration
        try Self.check(configuration, layers: manifest.layers.count)
    }

    /// Loads the image with that manifest; the layers are not read.
    ///
    /// - Throws: `OCIError`, `FileError`.
    package static func load(_ manifest: Digest, from store: Store) throws -> Image {
        try load(manifest, below: store.root)
    }

    static func load(_ digest: Digest, below root: FilePath) throws -> Image {
        let manifest = try Document.read(ImageManifest.self, "manifest", digest, in: root)
        let config = manifest.value.config
        let configuration = try Document.read(ImageConfiguration.self, "configuration", config.digest, in: root)
        guard configuration.size == config.size else { throw OCIError.missingBlob(config.digest, in: root) }
        return try Image(manifest: digest, size: manifest.size, manifest.value, configuration.value)
    }

    /// Composes an image of `layers`, lowest first, and writes its configuration and manifest to `store`, which must
    /// contain the layers.
    ///
    /// - Parameter configuration: The configuration; its `rootfs` is replaced by the layers' digests.
    /// - Throws: `OCIError.missingBlob`, `.layerCount`, `.invalidDate`, `.unknownPlatform`, `FileError`.
    package static func compose(
        layers: [Layer], configuration: ImageConfiguration, annotations: [String: String] = [:], into store: Store
    ) throws -> Image {
        for layer in layers where !layer.descriptor.file(in: store.root).exists {
            throw OCIError.missingBlob(layer.descriptor.digest, in: store.root)
        }
        var configuration = configuration
        configuration.rootfs = RootFileSystem(diffIDs: layers.map(\.diffID))
        // Checked before anything is written.
        try check(configuration, layers: layers.count)
        _ = try configuration.platform()
        let config = try insert(configuration, .config, into: store)
        let manifest = ImageManifest(config: config, layers: layers.map(\.descriptor), annotations: annotations)
        let descriptor = try insert(manifest, .manifest, into: store)
        return try Image(manifest: descriptor.digest, size: descriptor.size, manifest, configuration)
    }

    /// Verifies every blob of the image against its digest.
    ///
    /// - Throws: `OCIError.missingBlob`, `.corruptBlob`, `FileError`.
    package func check(in store: Store) throws {
        for blob in blobs { try blob.file(in: store.root).check() }
    }

    /// Writes `value` as canonical JSON and returns its descriptor.
    static func insert(_ value: some Encodable, _ type: MediaType, into store: Store) throws -> Descriptor {
        let bytes = try CanonicalJSON.encode(value)
        return Descriptor(mediaType: type, digest: try store.insert(bytes), size: UInt64(bytes.count))
    }

    /// Checks the requirements of config.md on a configuration and its manifest.
    private static func check(_ configuration: ImageConfiguration, layers: Int) throws {
        let dates = ([configuration.created] + configuration.history.map(\.created)).compactMap(\.self)
        if let wrong = dates.first(where: { !RFC3339.isDateTime($0) }) {
            throw OCIError.invalidDate(String(wrong.prefix(80)))
        }
        let withLayer = configuration.history.count { $0.emptyLayer != true }
        for told in [configuration.rootfs.diffIDs.count, configuration.history.isEmpty ? layers : withLayer]
        where told != layers {
            throw OCIError.layerCount(layers: layers, configured: told)
        }
    }
}
