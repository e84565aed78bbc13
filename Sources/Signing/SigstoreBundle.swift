// SPDX-License-Identifier: Apache-2.0

import Foundation
import OCI

/// A Sigstore bundle v0.3 with a DSSE envelope and a public key identifier (sigstore protobuf-specs,
/// `sigstore_bundle.proto`), as cosign 3 writes and reads it.
package struct SigstoreBundle: Hashable, Sendable {
    /// The bundle's media type.
    package static let mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
    /// The size limit of a bundle; an SBOM of 300 packages takes 400 KB.
    package static let sizeLimit = 16 << 20

    /// The signer's key identifier: used to find the key, never to trust it.
    package let hint: String
    /// The signed statement.
    package let envelope: DSSEEnvelope

    /// Signs a statement.
    ///
    /// - Throws: `SigningError.signingFailed`.
    package init(signing statement: Statement, with key: SigningKey) throws {
        self.init(hint: key.publicKey.hint, envelope: try DSSEEnvelope(signing: statement, with: key))
    }

    /// Creates a bundle.
    package init(hint: String, envelope: DSSEEnvelope) {
        self.hint = hint
        self.envelope = envelope
    }

    /// The canonical encoding.
    package var bytes: [UInt8] {
        let envelope: [String: JSONValue] = [
            "payload": .string(Data(envelope.payload).base64EncodedString()),
            "payloadType": .string(envelope.payloadType),
            "signatures": .array([.object(["sig": .string(envelope.signature.base64)])]),
        ]
        return JSONValue.object([
            "mediaType": .string(Self.mediaType),
            "verificationMaterial": .object(["publicKey": .object(["hint": .string(hint)])]),
            "dsseEnvelope": .object(envelope),
        ]).canonical()
    }

    /// Parses a bundle as strictly as protojson. Entries of a transparency log are ignored.
    ///
    /// - Throws: `SigningError.malformed`, also for a bundle with a certificate instead of a key.
    package init(parsing bytes: [UInt8], limit: Int = SigstoreBundle.sizeLimit) throws {
        var fields = try Fields(parsing: bytes, .bundle, limit: limit)
        try fields.expect("mediaType", Self.mediaType)
        var material = try fields.object("verificationMaterial")
        var key = try material.object("publicKey")
        hint = try key.optionalString("hint") ?? ""
        try key.end()
        for log in ["tlogEntries", "timestampVerificationData"] { _ = material.take(log) }
        try material.end()
        envelope = try DSSEEnvelope(try fields.object("dsseEnvelope"))
        try fields.end()
    }

    /// The statement in the bundle, if `key` signed it.
    ///
    /// - Returns: `nil` when another key signed it, or the payload is no statement.
    package func statement(signedBy key: PublicKey) -> Statement? {
        guard envelope.payloadType == Statement.payloadType, envelope.isSigned(by: key) else { return nil }
        return try? Statement(parsing: envelope.payload)
    }
}

extension DSSEEnvelope {
    /// The envelope of a bundle, which must have exactly one signature.
    fileprivate init(_ object: Fields) throws {
        var fields = object
        let payloadType = try fields.string("payloadType")
        let payload = try fields.base64("payload")
        let signatures = try fields.list("signatures", limit: 1)
        var only = try Fields(signatures.first, .bundle, at: "the signature")
        _ = try only.optionalString("keyid")
        guard let signature = Signature(base64: try only.string("sig")) else {
            throw only.fault("'sig' is no signature")
        }
        try only.end()
        try fields.end()
        self.init(payloadType: payloadType, payload: payload, signature: signature)
    }
}
