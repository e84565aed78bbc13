// SPDX-License-Identifier: Apache-2.0

import Core

/// A typed, sized reference to a blob (OCI descriptor.md).
package struct Descriptor: Hashable, Sendable, Codable {
    /// The type of the blob.
    package var mediaType: MediaType
    /// The digest of the blob.
    package var digest: Digest
    /// The size of the blob in bytes.
    package var size: UInt64
    /// Annotations (OCI annotations.md); nil and empty are equivalent.
    package var annotations: [String: String]?
    /// The platform of the blob; only in an index.
    package var platform: Platform?

    /// Creates a descriptor.
    package init(
        mediaType: MediaType, digest: Digest, size: UInt64, annotations: [String: String]? = nil,
        platform: Platform? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.annotations = annotations?.isEmpty == true ? nil : annotations
        self.platform = platform
    }
}

/// A layer: the blob, and the digest of the tar inside it (OCI config.md, "Layer DiffID").
package struct Layer: Hashable, Sendable, Codable {
    /// The blob as it is stored and transferred.
    package let descriptor: Descriptor
    /// The digest of the uncompressed tar.
    package let diffID: Digest

    /// Creates a layer.
    package init(descriptor: Descriptor, diffID: Digest) {
        self.descriptor = descriptor
        self.diffID = diffID
    }
}
