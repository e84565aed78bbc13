// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// The manifest under the tag `sha256-<hex>.sig`: one layer for each signed payload, with its signature beside it
/// (cosign's SIGNATURE_SPEC.md; what podman, skopeo and CRI-O read).
package struct SignatureManifest: Hashable, Sendable {
    /// A payload and its signature.
    package struct Layer: Hashable, Sendable {
        /// The payload's blob.
        package let payload: Digest
        /// Its bytes, as the manifest says.
        package let size: Int64
        /// The signature over it.
        package let signature: Signature

        /// Puts a layer together.
        package init(payload: [UInt8], signature: Signature) {
            self.payload = Digest(of: payload)
            size = Int64(payload.count)
            self.signature = signature
        }
    }

    /// The annotation with the signature; the other annotations of cosign have another prefix.
    private static let signatureKey = "dev.cosignproject.cosign/signature"
    /// As many layers as are read here; cosign itself stops at 1000.
    package static let layerLimit = 128

    /// The signed payloads in their order.
    package let layers: [Layer]

    /// Puts a manifest together.
    package init(layers: [Layer]) { self.layers = layers }

    /// The tag under which the signatures of a manifest are found.
    package static func tag(for digest: Digest) -> String { "sha256-\(digest.hex).sig" }

    /// The configuration that goes with the layers: a blob of its own.
    package func configuration(created: Timestamp) -> [UInt8] {
        let rootFileSystem: [String: JSONValue] = [
            "type": .string("layers"), "diff_ids": .array(layers.map { .string($0.payload.description) }),
        ]
        return JSONValue.object([
            "architecture": .string(""), "os": .string(""), "created": .string(created.description),
            "config": .object([:]), "rootfs": .object(rootFileSystem),
        ]).canonical()
    }

    /// The one way it is written.
    package func bytes(created: Timestamp) -> [UInt8] {
        let configuration = configuration(created: created)
        let config = Self.descriptor(
            MediaType.config.rawValue, Digest(of: configuration), Int64(configuration.count), [:])
        return JSONValue.object([
            "schemaVersion": .integer(2), "mediaType": .string(MediaType.manifest.rawValue), "config": config,
            "layers": .array(
                layers.map { layer in
                    Self.descriptor(
                        SimpleSigningPayload.mediaType, layer.payload, layer.size,
                        [Self.signatureKey: layer.signature.base64])
                }),
        ]).canonical()
    }

    /// Reads such a manifest; layers of other types and without a signature are passed over, as others do.
    ///
    /// - Throws: `SigningError.malformed`.
    package init(parsing bytes: [UInt8]) throws {
        var fields = try Fields(parsing: bytes, .signatures, limit: 4 << 20)
        try fields.expect("mediaType", MediaType.manifest.rawValue)
        layers = try fields.list("layers", limit: Self.layerLimit).compactMap { value in
            var layer = try Fields(value, .signatures, at: "a layer")
            guard try layer.string("mediaType") == SimpleSigningPayload.mediaType,
                let text = value["annotations"]?[Self.signatureKey]?.string, let signature = Signature(base64: text)
            else { return nil }
            return try Layer(payload: layer.digest("digest"), size: layer.integer("size"), signature: signature)
        }
    }

    private static func descriptor(
        _ type: String, _ digest: Digest, _ size: Int64, _ annotations: [String: String]
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "mediaType": .string(type), "digest": .string(digest.description), "size": .integer(size),
        ]
        if !annotations.isEmpty { members["annotations"] = .object(annotations.mapValues(JSONValue.string)) }
        return .object(members)
    }
}

extension SignatureManifest.Layer {
    fileprivate init(payload: Digest, size: Int64, signature: Signature) {
        self.payload = payload
        self.size = size
        self.signature = signature
    }
}
