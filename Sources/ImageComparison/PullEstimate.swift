// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// The download size of the new image for a user who has the old one.
package struct PullEstimate: Sendable {
    /// A layer or another blob that must be downloaded.
    package struct Part: Hashable, Sendable {
        /// The layer's name.
        package let name: String
        /// Its size.
        package let bytes: UInt64
        /// Whether the size is that of an existing blob, not an estimate.
        package let isExact: Bool
    }

    /// The blobs to download, lowest layer first.
    package let parts: [Part]
    /// The blobs that exist already, lowest layer first.
    package let kept: [Part]
    /// The size of the whole new image.
    package let total: UInt64

    /// The size of all parts.
    package var bytes: UInt64 { parts.reduce(0) { $0 + $1.bytes } }
    /// Whether nothing is estimated.
    package var isExact: Bool { parts.allSatisfy(\.isExact) }

    /// Counts the blobs of `new` that `old` does not have.
    init(from old: Image, to new: Image) {
        let have = Set(old.blobs.map(\.digest))
        let names = Dictionary(
            zip(new.layers.map(\.descriptor.digest), PlacedImage(image: new, root: "").layerNames),
            uniquingKeysWith: { first, _ in first })
        func part(_ blob: Descriptor) -> Part {
            Part(name: names[blob.digest] ?? "configuration and manifest", bytes: blob.size, isExact: true)
        }
        parts = new.blobs.filter { !have.contains($0.digest) }.map(part)
        kept = new.blobs.filter { have.contains($0.digest) }.map(part)
        total = new.blobs.reduce(0) { $0 + $1.size }
    }

    init(parts: [Part], kept: [Part], total: UInt64) {
        self.parts = parts
        self.kept = kept
        self.total = total
    }
}

extension PullEstimate {
    /// "12 MB of 210 MB, estimated"
    package var sentence: String {
        "\(ByteSize(bytes)) of \(ByteSize(total))\(isExact ? "" : ", estimated")"
    }
}
