// SPDX-License-Identifier: Apache-2.0

import Core
import Crypto
import Foundation

/// A P-256 key that signatures are checked with.
package struct PublicKey: Hashable, Sendable {
    /// SubjectPublicKeyInfo as DER (RFC 5280 section 4.1.2.7), the point uncompressed.
    package var der: [UInt8] { key.der }
    private let key: P256.PublicKey

    private static let label = "PUBLIC KEY"

    /// Reads `-----BEGIN PUBLIC KEY-----`, the form that cosign and skopeo take.
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

    /// What the key is called: the SHA-256 of `der`. A name to find a key by, never a reason to believe it.
    package var id: Digest { Digest(of: der) }

    /// `id` as Sigstore bundles carry it: base64 of the 32 bytes (protobuf-specs, `PublicKeyIdentifier.hint`).
    package var hint: String { Data(der.withUnsafeBytes(SHA256.hash)).base64EncodedString() }

    /// SubjectPublicKeyInfo as PEM, with a line end at the end.
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
    /// The DER; whether it is one shows only when it is verified.
    package let der: [UInt8]

    /// Takes a signature as it was made.
    package init(der: [UInt8]) { self.der = der }

    /// Reads base64 with padding (RFC 4648 section 4); `nil` when it is none, or longer than such a signature can be.
    package init?(base64: String) {
        guard base64.utf8.count <= 128, let data = Data(base64Encoded: base64), !data.isEmpty else { return nil }
        der = Array(data)
    }

    /// The DER in base64 with padding.
    package var base64: String { Data(der).base64EncodedString() }
}

/// PEM texts that hold keys (RFC 7468).
package enum KeyText {
    /// The most bytes a file with a key may have; such files take some hundred.
    package static let limit = 16 << 10

    /// The blocks of a text.
    static func blocks(_ pem: [UInt8]) throws -> [PEM] {
        guard pem.count <= limit else { throw SigningError.notAPrivateKey }
        return try PEM.blocks(of: pem)
    }
}
