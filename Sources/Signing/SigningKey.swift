// SPDX-License-Identifier: Apache-2.0

import Core
import Crypto

/// A P-256 private key.
package struct SigningKey: Sendable {
    private let key: P256.PrivateKey
    /// The half that may be given away.
    package let publicKey: PublicKey

    private static let (plain, encrypted) = ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")

    /// A new key from the system's source of randomness.
    package static func generate() -> SigningKey { SigningKey(P256.PrivateKey()) }

    private init(_ key: P256.PrivateKey) {
        self.key = key
        publicKey = PublicKey(key.publicKey)
    }

    /// Reads `PRIVATE KEY` (PKCS#8, RFC 5208), `EC PRIVATE KEY` (SEC 1, RFC 5915) or `ENCRYPTED PRIVATE KEY` (PKCS#8
    /// with PBES2, RFC 8018), as `openssl` writes them; a block of curve parameters before the key is passed over.
    ///
    /// - Parameters:
    ///   - pem: At most `KeyText.limit` bytes.
    ///   - passphrase: What the key is encrypted with; not looked at for a key that is not.
    /// - Throws: `SigningError.notAPrivateKey`, `.passphraseNeeded`, `.wrongPassphrase`, `.unknownEncryption`.
    package init(pem: [UInt8], passphrase: [UInt8]? = nil) throws {
        guard let block = try? KeyText.blocks(pem).first(where: { $0.label != "EC PARAMETERS" }) else {
            throw SigningError.notAPrivateKey
        }
        do {
            switch block.label {
            case Self.plain, "EC PRIVATE KEY": self.init(try P256.PrivateKey(der: block.der))
            case Self.encrypted:
                guard let passphrase else { throw SigningError.passphraseNeeded }
                self.init(try P256.PrivateKey(encryptedDER: block.der, passphrase: passphrase))
            default: throw SigningError.notAPrivateKey
            }
        } catch let failure as CryptoFailure { throw SigningError(failure) }
    }

    /// Signs `message`; each call gives another signature, since ECDSA takes a random number.
    ///
    /// - Throws: `SigningError.signingFailed`.
    package func sign(_ message: [UInt8]) throws -> Signature {
        do { return Signature(der: try key.signature(of: message)) } catch { throw SigningError(error) }
    }

    /// The key as PKCS#8 PEM with a line end at the end, encrypted when there is a passphrase.
    ///
    /// - Throws: `SigningError.signingFailed` when the cipher does.
    package func pem(passphrase: [UInt8]? = nil) throws -> String {
        do {
            guard let passphrase else { return PEM(label: Self.plain, der: try key.der()).text }
            return PEM(label: Self.encrypted, der: try key.encryptedDER(passphrase: passphrase)).text
        } catch { throw SigningError(error) }
    }
}
