// SPDX-License-Identifier: Apache-2.0

/// A payload with the signature over its "pre-authentication encoding" (DSSE v1, protocol.md).
package struct DSSEEnvelope: Hashable, Sendable {
    /// The type of the payload.
    package let payloadType: String
    /// The signed bytes, as received: never encoded again before verification.
    package let payload: [UInt8]
    /// The only signature, as Sigstore's bundles require.
    package let signature: Signature

    /// Creates an envelope.
    package init(payloadType: String, payload: [UInt8], signature: Signature) {
        self.payloadType = payloadType
        self.payload = payload
        self.signature = signature
    }

    /// Signs a statement.
    ///
    /// - Throws: `SigningError.signingFailed`.
    package init(signing statement: Statement, with key: SigningKey) throws {
        let payload = statement.bytes
        let signature = try key.sign(Self.preAuthenticationEncoding(type: Statement.payloadType, payload: payload))
        self.init(payloadType: Statement.payloadType, payload: payload, signature: signature)
    }

    /// `DSSEv1 <length of type> <type> <length of payload> <payload>`, lengths in bytes.
    package static func preAuthenticationEncoding(type: String, payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }

    /// Whether `key` made the signature.
    package func isSigned(by key: PublicKey) -> Bool {
        key.verifies(signature, of: Self.preAuthenticationEncoding(type: payloadType, payload: payload))
    }
}
