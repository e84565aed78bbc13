// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// The payload that is signed for podman, skopeo and cosign before version 3: a manifest's digest and its published
/// name (containers/image, `signature/internal/sigstore_payload.go`; atomic container signature).
package struct SimpleSigningPayload: Hashable, Sendable {
    /// The only type that sigstore's clients accept.
    package static let type = "cosign container image signature"
    /// The media type of a layer in the `.sig` manifest.
    package static let mediaType = "application/vnd.dev.cosign.simplesigning.v1+json"
    /// The size limit of a payload; those of this program have 400 bytes.
    package static let sizeLimit = 64 << 10

    /// The full name, `registry/path:tag`: containers/image compares it with the requested one.
    package let reference: String
    /// The manifest's digest.
    package let digest: Digest
    /// The creator, such as `opencode-docker 1.4.3`.
    package let creator: String?
    /// Seconds since 1970: the release's time, not the time of signing, so that the bytes are reproducible.
    package let timestamp: Int64?
    /// The release's version: this program's key in `optional`, which is free for extensions.
    package let version: String?

    /// Creates a payload.
    package init(reference: String, digest: Digest, creator: String?, timestamp: Int64?, version: String?) {
        self.reference = reference
        self.digest = digest
        self.creator = creator
        self.timestamp = timestamp
        self.version = version
    }

    /// The canonical, signed encoding. `optional` is always an object, for old clients.
    package var bytes: [UInt8] {
        var optional: [String: JSONValue] = [:]
        if let creator { optional["creator"] = .string(creator) }
        if let timestamp { optional["timestamp"] = .integer(timestamp) }
        if let version { optional["version"] = .string(version) }
        let critical: [String: JSONValue] = [
            "identity": .object(["docker-reference": .string(reference)]),
            "image": .object(["docker-manifest-digest": .string(digest.description)]), "type": .string(Self.type),
        ]
        return JSONValue.object(["critical": .object(critical), "optional": .object(optional)]).canonical()
    }

    /// Parses a payload as strictly as containers/image: exactly these keys, case-sensitive; `optional` is free except
    /// for types.
    ///
    /// - Throws: `SigningError.malformed`.
    package init(parsing bytes: [UInt8]) throws {
        var fields = try Fields(parsing: bytes, .simpleSigning, limit: Self.sizeLimit)
        var critical = try fields.object("critical")
        try critical.expect("type", Self.type)
        var image = try critical.object("image")
        digest = try image.digest("docker-manifest-digest")
        try image.end()
        var identity = try critical.object("identity")
        reference = try identity.string("docker-reference")
        try identity.end()
        try critical.end()
        let optional = fields.take("optional")
        try fields.end()
        if optional == .null {
            (creator, timestamp, version) = (nil, nil, nil)
            return
        }
        var free = try Fields(optional, .simpleSigning, at: "'optional'")
        creator = try free.optionalString("creator")
        version = free.take("version")?.string
        timestamp = try optional?["timestamp"].map { _ in try free.integer("timestamp") }
    }
}
