// SPDX-License-Identifier: Apache-2.0

import Core
import Crypto
import Foundation

/// A P-256 public key.
package struct PublicKey: Hashable, Sendable {
    /// SubjectPublicKeyInfo as DER (RFC 5280 section 4.1.2.7), the point uncompressed.
    package var der: [UInt8] { key.der }
    private let key: P256.PublicKey

    private static let label = "PUBLIC KEY"

    /// Parses `-----BEGIN PUBLIC KEY-----`, the format of cosign and skopeo.
    ///
    /// - Parameter pem: At most `KeyText.limit` bytes.
    /// - Throws: `SigningError.notAPublicKey`.
    package init(pem: [UInt8]) throws {
        guard let block = try? KeyText.blocks(pem).first, block.label == Self.label,
            let key = try? P256.PublicKey(der: block.der)
        else { throw SigningError.notAPublicKey }
        self.init(key)
    }

    init(_ key: P256.PublicKey) { self.key = key }

    /// The key's id: the SHA-256 of `der`. It identifies a key, and is no reason to trust it.
    package var id: Digest { Digest(of: der) }

    /// `id` in Sigstore bundles: base64 of the 32 bytes (protobuf-specs, `PublicKeyIdentifier.hint`).
    package var hint: String { Data(der.withUnsafeBytes(SHA256.hash)).base64EncodedString() }

    /// SubjectPublicKeyInfo as PEM, with a final newline.
    package var pem: String { PEM(label: Self.label, der: der).text }

    /// Whether `signature` was made over `message` with the private half of this key.
    package func verifies(_ signature: Signature, of message: [UInt8]) -> Bool {
        key.verifies(signature.der, of: message)
    }

    package static func == (left: PublicKey, right: PublicKey) -> Bool { left.der == right.der }

    /// Keys are equal when their DER is.
    package func hash(into hasher: inout Hasher) { hasher.combine(der) }
}

/// An ECDSA signature, P-256 over SHA-256, as ASN.1 DER (RFC 3279 section 2.2.3).
package struct Signature: Hashable, Sendable {
    /// The DER; it is checked by verifying.
    package let der: [UInt8]

    /// Creates a signature from DER.
    package init(der: [UInt8]) { self.der = der }

    /// Parses base64 with padding (RFC 4648 section 4); `nil` when it is invalid, or longer than such a signature can
    /// be.
    package init?(base64: String) {
        guard base64.utf8.count <= 128, let data = Data(base64Encoded: base64), !data.isEmpty else { return nil }
        der = Array(data)
    }

    /// The DER in base64 with padding.
    package var base64: String { Data(der).base64EncodedString() }
}

/// PEM texts with keys (RFC 7468).
package enum KeyText {
    /// The size limit of a key file; such files have some hundred bytes.
    package static let limit = 16 << 10

    /// The blocks of a text.
    static func blocks(_ pem: [UInt8]) throws -> [PEM] {
        guard pem.count <= limit else { throw SigningError.notAPrivateKey }
        return try PEM.blocks(of: pem)
    }
}
