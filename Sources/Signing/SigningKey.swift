// SPDX-License-Identifier: Apache-2.0

import Core
import Crypto

/// A P-256 private key.
package struct SigningKey: Sendable {
    private let key: P256.PrivateKey
    /// The public half.
    package let publicKey: PublicKey

    private static let (plain, encrypted) = ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")

    /// A new key from the system's random number generator.
    package static func generate() -> SigningKey { SigningKey(P256.PrivateKey()) }

    private init(_ key: P256.PrivateKey) {
        self.key = key
        publicKey = PublicKey(key.publicKey)
    }

    /// Parses `PRIVATE KEY` (PKCS#8, RFC 5208), `EC PRIVATE KEY` (SEC 1, RFC 5915) or `ENCRYPTED PRIVATE KEY` (PKCS#8
    /// with PBES2, RFC 8018), as `openssl` writes them; a block of curve parameters before the key is skipped.
    ///
    /// - Parameters:
    ///   - pem: At most `KeyText.limit` bytes.
    ///   - passphrase: The passphrase of an encrypted key; ignored for another one.
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

    /// Signs `message`; signatures differ, since ECDSA uses a random number.
    ///
    /// - Throws: `SigningError.signingFailed`.
    package func sign(_ message: [UInt8]) throws -> Signature {
        do { return Signature(der: try key.signature(of: message)) } catch { throw SigningError(error) }
    }

    /// The key as PKCS#8 PEM with a final newline, encrypted when there is a passphrase.
    ///
    /// - Throws: `SigningError.signingFailed` when encryption fails.
    package func pem(passphrase: [UInt8]? = nil) throws -> String {
        do {
            guard let passphrase else { return PEM(label: Self.plain, der: try key.der()).text }
            return PEM(label: Self.encrypted, der: try key.encryptedDER(passphrase: passphrase)).text
        } catch { throw SigningError(error) }
    }
}
