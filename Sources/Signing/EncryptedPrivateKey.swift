// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import SwiftASN1

/// A PKCS#8 `EncryptedPrivateKeyInfo` (RFC 5208 section 6) with PBES2: PBKDF2 and AES in CBC mode (RFC 8018 section
/// 6.2), what `openssl pkcs8 -topk8` writes.
package struct EncryptedPrivateKey {
    static let discriminator = "ENCRYPTED PRIVATE KEY"

    /// Rounds that new keys get: what OWASP advises for PBKDF2 with SHA-256.
    private static let rounds = 600_000
    /// More than this and reading a key would take minutes: somebody else chose the number.
    private static let mostRounds = 20_000_000

    let derivation: Derivation
    let cipher: Cipher
    let bytes: [UInt8]

    /// How the passphrase becomes a key (RFC 8018, appendix A.2).
    struct Derivation {
        let salt: [UInt8]
        let rounds: Int
        let hash: KDF.Insecure.PBKDF2.HashFunction
    }

    /// AES-CBC with its initialization vector (RFC 8018, appendix B.2.5).
    struct Cipher {
        let keySize: Int
        let vector: [UInt8]
    }

    /// Encrypts the DER of a private key with a salt and a vector of its own.
    init(encrypting der: [UInt8], with passphrase: [UInt8]) throws {
        var source = SystemRandomNumberGenerator()
        func random() -> [UInt8] { (0..<16).map { _ in UInt8.random(in: 0...255, using: &source) } }
        derivation = Derivation(salt: random(), rounds: Self.rounds, hash: .sha256)
        cipher = Cipher(keySize: 32, vector: random())
        do {
            let key = try Self.key(derivation, cipher, passphrase)
            bytes = Array(try AES._CBC.encrypt(der, using: key, iv: .init(ivBytes: cipher.vector)))
        } catch { throw SigningError.signingFailed }
    }

    init(derivation: Derivation, cipher: Cipher, bytes: [UInt8]) throws {
        guard (1...Self.mostRounds).contains(derivation.rounds), derivation.salt.count <= 1024 else {
            throw SigningError.unknownEncryption
        }
        self.derivation = derivation
        self.cipher = cipher
        self.bytes = bytes
    }

    /// The DER of the private key inside.
    ///
    /// - Throws: `SigningError.wrongPassphrase`.
    func decrypted(with passphrase: [UInt8]) throws -> [UInt8] {
        do {
            let key = try Self.key(derivation, cipher, passphrase)
            return Array(try AES._CBC.decrypt(bytes, using: key, iv: .init(ivBytes: cipher.vector)))
        } catch { throw SigningError.wrongPassphrase }
    }

    private static func key(_ derivation: Derivation, _ cipher: Cipher, _ passphrase: [UInt8]) throws -> SymmetricKey {
        // The file decides the rounds when a key is read, and old ones have few.
        try KDF.Insecure.PBKDF2.deriveKey(
            from: passphrase, salt: derivation.salt, using: derivation.hash, outputByteCount: cipher.keySize,
            unsafeUncheckedRounds: derivation.rounds)
    }
}
