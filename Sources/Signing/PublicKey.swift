// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SwiftASN1

import enum Crypto.P256
import struct Crypto.SHA256

/// A P-256 key that signatures are checked with.
package struct PublicKey: Hashable, Sendable {
    /// SubjectPublicKeyInfo as DER (RFC 5280 section 4.1.2.7), the point uncompressed.
    package let der: [UInt8]
    private let key: P256.Signing.PublicKey

    /// Reads `-----BEGIN PUBLIC KEY-----`, the form that cosign and skopeo take.
    ///
    /// - Parameter pem: At most `KeyText.limit` bytes.
    /// - Throws: `SigningError.notAPublicKey`.
    package init(pem: [UInt8]) throws {
        guard let document = try? KeyText.documents(pem).first, document.discriminator == "PUBLIC KEY",
            let key = try? P256.Signing.PublicKey(derRepresentation: document.derBytes)
        else { throw SigningError.notAPublicKey }
        self.init(key)
    }

    init(_ key: P256.Signing.PublicKey) {
        self.key = key
        der = Array(key.derRepresentation)
    }

    /// What the key is called: the SHA-256 of `der`. A name to find a key by, never a reason to believe it.
    package var id: Digest { Digest(of: der) }

    /// `id` as Sigstore bundles carry it: base64 of the 32 bytes (protobuf-specs, `PublicKeyIdentifier.hint`).
    package var hint: String { Data(SHA256.hash(data: der)).base64EncodedString() }

    /// SubjectPublicKeyInfo as PEM, with a line end at the end.
    package var pem: String { PEMDocument(type: "PUBLIC KEY", derBytes: der).pemString + "\n" }

    /// Whether `signature` was made over `message` with the private half of this key.
    package func verifies(_ signature: Signature, of message: [UInt8]) -> Bool {
        guard let ecdsa = try? P256.Signing.ECDSASignature(derRepresentation: signature.der) else { return false }
        return key.isValidSignature(ecdsa, for: message)
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

    /// The documents of a text.
    static func documents(_ pem: [UInt8]) throws -> [PEMDocument] {
        guard pem.count <= limit, let text = String(validating: pem, as: UTF8.self) else {
            throw SigningError.notAPrivateKey
        }
        return try PEMDocument.parseMultiple(pemString: text)
    }
}
