// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// The media types of manifests: OCI's, and Docker's (OCI media-types.md, "Compatibility Matrix").
package enum ManifestType {
    /// An index.
    package static let index = MediaType.index.rawValue
    /// An image or an artifact.
    package static let manifest = MediaType.manifest.rawValue
    static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
    static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"

    /// The accepted types, in order of preference.
    static let all = [index, manifest, dockerList, dockerManifest]

    /// Whether a document of this type lists manifests.
    package static func isIndex(_ type: String) -> Bool { type == index || type == dockerList }
}

extension StoredManifest {
    /// The size limit of a manifest: the one of registries (OCI distribution-spec, "Pushing Manifests").
    package static let sizeLimit = 4 << 20

    /// An untrusted manifest of unambiguous type.
    ///
    /// A document that can be parsed as an image and as an index, or whose type differs from the announced one, is
    /// refused: two clients could see two different images in it (CVE-2021-41190).
    ///
    /// - Parameters:
    ///   - announced: The type from a `Content-Type` or a descriptor.
    ///   - place: The manifest's name, for the message.
    /// - Throws: `RegistryError.manifest`.
    package init(checking bytes: [UInt8], announced: String?, from place: String) throws(RegistryError) {
        let document: JSONValue
        do { document = try JSONValue(parsing: bytes, limit: Self.sizeLimit) } catch {
            let problem = (error as? any UserFacingError)?.sentence ?? "it cannot be read."
            throw .manifest(place, problem: problem)
        }
        guard document["schemaVersion"]?.integer == 2 else {
            throw .manifest(place, problem: "its schemaVersion is not 2.")
        }
        let isIndex = document["manifests"] != nil
        guard isIndex != (document["layers"] != nil || document["config"] != nil) else {
            throw .manifest(place, problem: "it is ambiguous: neither only an image nor only an index.")
        }
        let type = document["mediaType"]?.string ?? announced ?? (isIndex ? ManifestType.index : ManifestType.manifest)
        guard ManifestType.all.contains(type), ManifestType.isIndex(type) == isIndex else {
            throw .manifest(place, problem: "its type '\(type.prefix(120))' does not match its content.")
        }
        if let announced, ManifestType.all.contains(announced), announced != type {
            throw .manifest(place, problem: "it was announced as '\(announced)', but its type is '\(type)'.")
        }
        self.init(mediaType: type, bytes: bytes)
    }
}
