// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// The manifest under the tag `sha256-<hex>.sig`: one layer for each signed payload, with its signature as an
/// annotation (cosign's SIGNATURE_SPEC.md; read by podman, skopeo and CRI-O).
package struct SignatureManifest: Hashable, Sendable {
    /// A payload and its signature.
    package struct Layer: Hashable, Sendable {
        /// The payload's blob.
        package let payload: Digest
        /// The payload's size, from the manifest.
        package let size: Int64
        /// The signature over it.
        package let signature: Signature

        /// Creates a layer.
        package init(payload: [UInt8], signature: Signature) {
            self.payload = Digest(of: payload)
            size = Int64(payload.count)
            self.signature = signature
        }
    }

    /// The annotation with the signature; cosign's other annotations have another prefix.
    private static let signatureKey = "dev.cosignproject.cosign/signature"
    /// The most layers that are read; cosign itself stops at 1000.
    package static let layerLimit = 128

    /// The signed payloads in order.
    package let layers: [Layer]

    /// Creates a manifest.
    package init(layers: [Layer]) { self.layers = layers }

    /// The tag for the signatures of a manifest.
    package static func tag(for digest: Digest) -> String { "sha256-\(digest.hex).sig" }

    /// The configuration for the layers, a separate blob.
    package func configuration(created: Timestamp) -> [UInt8] {
        let rootFileSystem: [String: JSONValue] = [
            "type": .string("layers"), "diff_ids": .array(layers.map { .string($0.payload.description) }),
        ]
        return JSONValue.object([
            "architecture": .string(""), "os": .string(""), "created": .string(created.description),
            "config": .object([:]), "rootfs": .object(rootFileSystem),
        ]).canonical()
    }

    /// The canonical encoding.
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

    /// Parses such a manifest; layers of other types or without a signature are skipped, as in other tools.
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
