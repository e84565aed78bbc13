// SPDX-License-Identifier: Apache-2.0

import Core

/// What an image is made of, as its configuration and manifest say it (OCI image specification).
package struct ImageComposition: Hashable, Codable, Sendable {
    /// One layer.
    package struct Layer: Hashable, Codable, Sendable {
        /// The digest of its blob.
        package let digest: Digest
        /// How many bytes the blob has, compressed as it is.
        package let size: UInt64
        /// What the image's history says of it; may be empty.
        package let origin: String

        /// A layer.
        package init(digest: Digest, size: UInt64, origin: String) {
            self.digest = digest
            self.size = size
            self.origin = origin
        }
    }

    /// What it was called when it was asked for.
    package let name: String
    /// Operating system and architecture, such as `linux/amd64`.
    package let platform: String
    /// When it says it was made (RFC 3339); empty where it does not.
    package let created: String
    /// The layers, lowest first.
    package let layers: [Layer]
    /// Its labels.
    package let labels: [String: String]

    /// A composition from its parts.
    package init(name: String, platform: String, created: String, layers: [Layer], labels: [String: String]) {
        self.name = name
        self.platform = platform
        self.created = created
        self.layers = layers
        self.labels = labels
    }

    /// All layers together, in bytes.
    package var size: UInt64 { layers.reduce(0) { $0.addingReportingOverflow($1.size).partialValue } }
}
