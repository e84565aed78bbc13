// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import OCI
import Registry
import SystemPackage

/// Content for the tests' repositories.
enum Samples {
    /// The empty JSON document as a blob (OCI manifest.md, "Guidance for an Empty Descriptor").
    static let empty = Array("{}".utf8)

    /// An image with one small layer.
    static func image(_ store: Store, _ platform: Platform = .amd64, filler: UInt8 = 0) throws -> Image {
        let writer = try LayerWriter(store: store)
        try [UInt8](repeating: filler, count: 1024).withUnsafeBytes { try writer.write($0) }
        let configuration = ImageConfiguration(
            created: "2025-01-31T12:00:00Z", platform: platform, config: .init(user: "dev"))
        return try Image.compose(layers: [try writer.commit()], configuration: configuration, into: store)
    }

    /// A manifest with `subject` as its subject, like another tool's bundle.
    static func artifact(about subject: Digest, note: String) -> StoredManifest {
        let text = """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
            "artifactType":"application/vnd.example.note.v1","config":{"mediaType":\
            "application/vnd.oci.empty.v1+json","digest":"\(Digest(of: empty))","size":2},"layers":[{"mediaType":\
            "application/vnd.oci.empty.v1+json","digest":"\(Digest(of: empty))","size":2}],"subject":{"mediaType":\
            "application/vnd.oci.image.manifest.v1+json","digest":"\(subject)","size":7},\
            "annotations":{"note":"\(note)"}}
            """
        return StoredManifest(mediaType: "application/vnd.oci.image.manifest.v1+json", bytes: Array(text.utf8))
    }
}
