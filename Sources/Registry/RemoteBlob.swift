// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// A blob by its digest and size, whatever its content.
package struct RemoteBlob: Hashable, Sendable {
    /// The digest of its bytes.
    package let digest: Digest
    /// The number of bytes.
    package let size: UInt64

    /// The most bytes that are fetched, against a registry that would fill the disk.
    package static let sizeLimit: UInt64 = 1 << 36

    /// The blob of that digest and size.
    package init(digest: Digest, size: UInt64) {
        self.digest = digest
        self.size = size
    }
}

/// A manifest in an index.
package struct ListedManifest: Hashable, Sendable {
    /// The manifest's descriptor.
    package let blob: RemoteBlob
    /// The platform, if this program supports it.
    package let platform: Platform?
    /// Whether the index marks its layers as zstd.
    package let isZstd: Bool
}

extension StoredManifest {
    /// The manifests of an index, in its order.
    ///
    /// - Throws: `RegistryError.manifest`.
    package func children() throws(RegistryError) -> [ListedManifest] {
        guard ManifestType.isIndex(mediaType) else { return [] }
        var children: [ListedManifest] = []
        for entry in try document()["manifests"]?.array ?? [] {
            let platform = entry["platform"].flatMap { platform in
                try? Platform(
                    os: platform["os"]?.string ?? "", architecture: platform["architecture"]?.string ?? "",
                    variant: platform["variant"]?.string)
            }
            let isZstd = entry["annotations"]?[CompressionVariant.zstdAnnotation]?.string == "true"
            children.append(ListedManifest(blob: try blob(entry), platform: platform, isZstd: isZstd))
        }
        return children
    }

    /// The blobs of a manifest: the configuration, then the layers; each once.
    ///
    /// - Throws: `RegistryError.manifest`.
    package func blobs() throws(RegistryError) -> [RemoteBlob] {
        if ManifestType.isIndex(mediaType) { return [] }
        let document = try document()
        var blobs: [RemoteBlob] = []
        for entry in [document["config"]].compactMap(\.self) + (document["layers"]?.array ?? []) {
            let blob = try blob(entry)
            if !blobs.contains(blob) { blobs.append(blob) }
        }
        return blobs
    }

    private func document() throws(RegistryError) -> JSONValue {
        guard let document = try? JSONValue(parsing: bytes, limit: Self.sizeLimit) else {
            throw .manifest("\(digest)", problem: "it is not JSON.")
        }
        return document
    }

    private func blob(_ entry: JSONValue) throws(RegistryError) -> RemoteBlob {
        guard let digest = entry["digest"]?.string.flatMap({ try? Digest($0) }),
            let size = entry["size"]?.integer.flatMap(UInt64.init(exactly:))
        else { throw .manifest("\(digest)", problem: "it has a descriptor without a SHA-256 digest and a size.") }
        guard size <= RemoteBlob.sizeLimit else {
            throw .manifest("\(self.digest)", problem: "its blob of \(size) bytes is larger than the limit.")
        }
        return RemoteBlob(digest: digest, size: size)
    }
}
