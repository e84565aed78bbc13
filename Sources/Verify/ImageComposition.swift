// SPDX-License-Identifier: Apache-2.0

import Core

/// The contents of an image, from its configuration and manifest (OCI image specification).
package struct ImageComposition: Hashable, Codable, Sendable {
    /// One layer.
    package struct Layer: Hashable, Codable, Sendable {
        /// The digest of its blob.
        package let digest: Digest
        /// The size of the blob in bytes, as stored.
        package let size: UInt64
        /// The layer's entry in the image's history; may be empty.
        package let origin: String

        /// Creates a layer.
        package init(digest: Digest, size: UInt64, origin: String) {
            self.digest = digest
            self.size = size
            self.origin = origin
        }
    }

    /// The name that the caller used for the image.
    package let name: String
    /// Operating system and architecture, such as `linux/amd64`.
    package let platform: String
    /// The creation time according to the image (RFC 3339); empty when it has none.
    package let created: String
    /// The layers, lowest first.
    package let layers: [Layer]
    /// Its labels.
    package let labels: [String: String]

    /// Creates a composition from its parts.
    package init(name: String, platform: String, created: String, layers: [Layer], labels: [String: String]) {
        self.name = name
        self.platform = platform
        self.created = created
        self.layers = layers
        self.labels = labels
    }

    /// The total size of the layers in bytes.
    package var size: UInt64 { layers.reduce(0) { $0.addingReportingOverflow($1.size).partialValue } }
}
