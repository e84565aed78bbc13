// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// An image that was pulled from a repository.
package struct PulledImage: Hashable, Sendable {
    /// The digest of the requested manifest or index.
    package let digest: Digest
    /// The image of the requested platform, or all images of the index, with all their blobs in the store.
    package let images: [Image]
}

/// Pulls images from a repository into the store. Only digests are verified; signatures are checked by `Trust`.
package struct ImagePull: Sendable {
    private let source: any BlobSource
    private let store: Store

    /// The most manifests of an index.
    private static let mostPlatforms = 64

    /// A pull from `source` into `store`.
    package init(from source: any BlobSource, into store: Store) {
        self.source = source
        self.store = store
    }

    /// Pulls the image of that name.
    ///
    /// - Parameter platform: The platform to pull, in the smaller form if there are two; `nil` pulls all platforms that
    ///   this program supports.
    /// - Throws: `RegistryError`, `OCIError.missingPlatform`, `.document`, `FileError`, `CancellationError`; the store
    ///   then has complete blobs only, and the next pull continues with them.
    package func pull(
        _ name: ManifestName, platform: Platform?, progress: @escaping ProgressSink
    ) async throws -> PulledImage {
        let top = try await manifest(name)
        let manifests = try await platforms(of: top, platform, name)
        var images: [Image] = []
        for manifest in manifests {
            // The configuration lists the layers: an unusable image is refused before anything large is fetched.
            let blobs = try manifest.blobs()
            guard let config = blobs.first, config.size <= UInt64(StoredManifest.sizeLimit) else {
                throw RegistryError.manifest("\(manifest.digest)", problem: "its configuration is too large.")
            }
            if !store.contains(config.digest, size: config.size) {
                try store.insert(try await source.blob(config.digest, limit: Int(config.size)))
            }
            images.append(try Image.load(manifest.digest, from: store))
        }
        if let platform, !images.allSatisfy({ $0.platform == platform }) {
            throw OCIError.missingPlatform(platform, tag: name.text)
        }
        try await source.fetch(try layers(of: manifests), into: store, progress: progress)
        return PulledImage(digest: top.digest, images: images)
    }

    private func layers(of manifests: [StoredManifest]) throws -> [RemoteBlob] {
        var seen: Set<RemoteBlob> = []
        return try manifests.flatMap { try $0.blobs() }.filter { seen.insert($0).inserted }
    }

    private func platforms(of top: StoredManifest, _ platform: Platform?, _ name: ManifestName) async throws
        -> [StoredManifest]
    {
        guard ManifestType.isIndex(top.mediaType) else { return [top] }
        var children = try top.children().filter { $0.platform != nil && (platform == nil || $0.platform == platform) }
        if platform != nil {
            children = CompressionVariant.preferred(among: children, isZstd: \.isZstd).map { [$0] } ?? []
        }
        guard !children.isEmpty, children.count <= Self.mostPlatforms else {
            throw OCIError.missingPlatform(platform ?? .amd64, tag: name.text)
        }
        var manifests: [StoredManifest] = []
        for child in children { manifests.append(try await manifest(.digest(child.blob.digest))) }
        return manifests
    }

    /// A manifest; it is in the store when this returns.
    private func manifest(_ name: ManifestName) async throws -> StoredManifest {
        guard let manifest = try await source.manifest(name) else {
            throw RegistryError.missing("image '\(name.text)'", in: source.name)
        }
        try store.insert(manifest.bytes)
        return manifest
    }
}
