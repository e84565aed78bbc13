// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// An image as it came from a repository.
package struct PulledImage: Hashable, Sendable {
    /// The digest of the manifest or the index that was asked for.
    package let digest: Digest
    /// The image of the platform that was wanted, or all that are listed, with all their blobs in the store.
    package let images: [Image]
}

/// Brings images from a repository into the store. Nothing but digests is checked: who made an image is another
/// question.
package struct ImagePull: Sendable {
    private let source: any BlobSource
    private let store: Store

    /// An index may list so many manifests.
    private static let mostPlatforms = 64

    /// A pull from `source` into `store`.
    package init(from source: any BlobSource, into store: Store) {
        self.source = source
        self.store = store
    }

    /// Gets the image of that name.
    ///
    /// - Parameter platform: The one to get, in the smaller form where there are two; everything for machines that this
    ///   program knows, where it is `nil`.
    /// - Throws: `RegistryError`, `OCIError.missingPlatform`, `.document`, `FileError`, `CancellationError`; the store
    ///   has whole blobs only, and goes on from there the next time.
    package func pull(
        _ name: ManifestName, platform: Platform?, progress: @escaping ProgressSink
    ) async throws -> PulledImage {
        let top = try await manifest(name)
        let manifests = try await platforms(of: top, platform, name)
        var images: [Image] = []
        for manifest in manifests {
            // The configuration says what the layers are: nothing large is fetched for an image that cannot be used.
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

    /// A manifest, which is in the store when this returns.
    private func manifest(_ name: ManifestName) async throws -> StoredManifest {
        guard let manifest = try await source.manifest(name) else {
            throw RegistryError.missing("image '\(name.text)'", in: source.name)
        }
        try store.insert(manifest.bytes)
        return manifest
    }
}
