// SPDX-License-Identifier: Apache-2.0

import Core

/// A typed, sized reference to a blob (OCI descriptor.md).
package struct Descriptor: Hashable, Sendable, Codable {
    /// What the blob is.
    package var mediaType: MediaType
    /// The blob's name.
    package var digest: Digest
    /// The blob's length in bytes.
    package var size: UInt64
    /// What is said about the blob where it is referred to (OCI annotations.md); `nil` and empty are the same.
    package var annotations: [String: String]?
    /// Which machine the blob is for; only in an index.
    package var platform: Platform?

    /// Puts a reference together.
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
    /// The blob as it is stored and sent.
    package let descriptor: Descriptor
    /// The digest of the uncompressed tar.
    package let diffID: Digest

    /// Puts a layer together.
    package init(descriptor: Descriptor, diffID: Digest) {
        self.descriptor = descriptor
        self.diffID = diffID
    }
}
