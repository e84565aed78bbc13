// SPDX-License-Identifier: Apache-2.0

/// The document of a tag: an index or one image.
package enum TopManifest: Hashable, Sendable {
    /// An index of images for several platforms.
    case index(ImageIndex)
    /// One image.
    case image(ImageManifest)

    /// Parses a manifest strictly.
    ///
    /// A document that is valid both as an image and as an index is refused: two clients could see two different images
    /// in it (CVE-2021-41190).
    ///
    /// - Throws: `OCIError.document`.
    package init(parsing bytes: [UInt8]) throws {
        let document = try Document.decode(JSONValue.self, "manifest", bytes)
        let isIndex = document["manifests"] != nil
        guard isIndex != (document["layers"] != nil || document["config"] != nil) else {
            throw OCIError.document("manifest", problem: "it is neither an image alone nor an index alone.")
        }
        self =
            isIndex
            ? .index(try Document.decode(ImageIndex.self, "index", bytes))
            : .image(try Document.decode(ImageManifest.self, "manifest", bytes))
    }

    /// The media type of the document.
    package var mediaType: MediaType {
        switch self {
        case .index: .index
        case .image: .manifest
        }
    }
}
