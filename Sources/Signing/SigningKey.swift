// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SwiftASN1

import enum Crypto.P256

/// A P-256 private key.
package struct SigningKey: Sendable {
    private let key: P256.Signing.PrivateKey

    /// A new key from the system's source of randomness.
    package static func generate() -> SigningKey { SigningKey(key: P256.Signing.PrivateKey()) }

    private init(key: P256.Signing.PrivateKey) { self.key = key }

    /// Reads `PRIVATE KEY` (PKCS#8, RFC 5208), `EC PRIVATE KEY` (SEC 1, RFC 5915) or `ENCRYPTED PRIVATE KEY` (PKCS#8
    /// with PBES2, RFC 8018), as `openssl` writes them; a block of curve parameters before the key is passed over.
    ///
    /// - Parameters:
    ///   - pem: At most `KeyText.limit` bytes.
    ///   - passphrase: What the key is encrypted with; not looked at for a key that is not.
    /// - Throws: `SigningError.notAPrivateKey`, `.passphraseNeeded`, `.wrongPassphrase`, `.unknownEncryption`.
    package init(pem: [UInt8], passphrase: [UInt8]? = nil) throws {
        guard let documents = try? KeyText.documents(pem),
            let document = documents.first(where: { $0.discriminator != "EC PARAMETERS" })
        else { throw SigningError.notAPrivateKey }
        switch document.discriminator {
        case "PRIVATE KEY", "EC PRIVATE KEY":
            guard let key = try? P256.Signing.PrivateKey(derRepresentation: document.derBytes) else {
                throw SigningError.notAPrivateKey
            }
            self.key = key
        case EncryptedPrivateKey.discriminator:
            guard let passphrase else { throw SigningError.passphraseNeeded }
            let plain = try EncryptedPrivateKey(der: document.derBytes).decrypted(with: passphrase)
            // The padding of a wrong decryption is right once in 256 times.
            guard let key = try? P256.Signing.PrivateKey(derRepresentation: plain) else {
                throw SigningError.wrongPassphrase
            }
            self.key = key
        default: throw SigningError.notAPrivateKey
        }
    }

    /// The half that may be given away.
    package var publicKey: PublicKey { PublicKey(key.publicKey) }

    /// Signs `message`; each call gives another signature, since ECDSA takes a random number.
    ///
    /// - Throws: `SigningError.signingFailed`.
    package func sign(_ message: [UInt8]) throws -> Signature {
        do { return Signature(der: Array(try key.signature(for: message).derRepresentation)) } catch {
            throw SigningError.signingFailed
        }
    }

    /// The key as PKCS#8 PEM with a line end at the end, encrypted when there is a passphrase.
    ///
    /// - Throws: `SigningError.signingFailed` when the cipher does.
    package func pem(passphrase: [UInt8]? = nil) throws -> String {
        guard let document = try? PEMDocument(pemString: key.pemRepresentation) else {
            throw SigningError.signingFailed
        }
        guard let passphrase else { return document.pemString + "\n" }
        let encrypted = try EncryptedPrivateKey(encrypting: document.derBytes, with: passphrase)
        return PEMDocument(type: EncryptedPrivateKey.discriminator, derBytes: try encrypted.der()).pemString + "\n"
    }
}
