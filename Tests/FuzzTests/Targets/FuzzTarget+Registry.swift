// SPDX-License-Identifier: Apache-2.0

import OCI
import Registry

extension FuzzTarget {
    /// A token becomes part of a header field, so it must not contain a line end (RFC 9110 section 5.5).
    static func token(_ bytes: [UInt8]) throws {
        guard let token = TokenReply(parsing: bytes)?.token else { return }
        try expect(!token.isEmpty && token.utf8.allSatisfy { (0x21...0x7E).contains($0) }, token.debugDescription)
    }

    /// The fields of a response: challenges, ranges of uploads, locations.
    static func header(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        for challenge in AuthenticationChallenge.parse(text) {
            try expect(!challenge.scheme.isEmpty, "a challenge without a scheme")
            try expect(challenge.parameters.keys.allSatisfy { $0 == $0.lowercased() }, "\(challenge.parameters)")
        }
        _ = UploadRange.received(text)
        guard let address = RegistryURL.resolve(text, against: "https://registry.example:5000/v2/a/blobs/uploads/")
        else { return }
        try expect(RegistryURL.origin(address) != nil, "\(address.debugDescription) is nowhere")
    }

    /// A credential of one registry is never used for another.
    static func credentials(_ bytes: [UInt8]) throws {
        let file = try CredentialFile(bytes, from: "config.json")
        for host in ["registry.example", "docker.io"] {
            for lookup in try file.lookups(host: host, repository: "team/image", from: "config.json") {
                guard case .helper(let name, let server) = lookup else { continue }
                try expect(!name.isEmpty && server.contains(host), "\(name) is asked for \(server)")
            }
        }
    }

    /// A document that could be an image and an index is refused (CVE-2021-41190).
    static func storedManifest(_ bytes: [UInt8]) throws {
        let manifest = try StoredManifest(checking: bytes, announced: nil, from: "a registry")
        let document = try JSONValue(parsing: bytes)
        let isIndex = document["manifests"] != nil
        try expect(ManifestType.isIndex(manifest.mediaType) == isIndex, "\(manifest.mediaType)")
        try expect(!isIndex || document["layers"] == nil && document["config"] == nil, "an image and an index")
        try expect(manifest.bytes == bytes, "other bytes")
    }
}
