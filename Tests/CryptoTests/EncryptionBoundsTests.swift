// SPDX-License-Identifier: Apache-2.0

import Crypto
import Testing

/// The encryption parameters of a file are checked before the expensive derivation. openssl would take hours to write
/// some of these.
@Suite("The cost of an encrypted key is bounded")
struct EncryptionBoundsTests {
    /// The parts of an `EncryptedPrivateKeyInfo` (RFC 8018, appendix A); the default has a wrong passphrase.
    struct Parts: Sendable {
        var scheme = DERNode.pbes2
        var function = DERNode.pbkdf2
        var salt = DERNode.octets([UInt8](repeating: 1, count: 16))
        var rounds = DERNode.integer([1])
        var keyLength: [UInt8] = []
        var hash = DERNode.sequence(DERNode.hmacSHA256 + DERNode.null)
        var cipher = DERNode.aes256
        var vector = DERNode.octets([UInt8](repeating: 2, count: 16))
        var trailing: [UInt8] = []

        var der: [UInt8] {
            let derivation = DERNode.sequence(salt + rounds + keyLength + hash)
            let parameters = DERNode.sequence(
                DERNode.sequence(function + derivation) + DERNode.sequence(cipher + vector))
            let content = DERNode.octets([UInt8](repeating: 3, count: 160))
            return DERNode.sequence(DERNode.sequence(scheme + parameters) + content) + trailing
        }
    }

    static let soundParts: [(String, Parts)] = [
        ("as it should be", Parts()),
        ("a thousand bytes of salt", Parts(salt: DERNode.octets([UInt8](repeating: 1, count: 1024)))),
        ("the length of the key", Parts(keyLength: DERNode.integer([32]))), ("no hash", Parts(hash: [])),
        ("a short vector", Parts(vector: DERNode.octets([2]))), ("no salt", Parts(salt: DERNode.octets([]))),
    ]

    @Test("The passphrase is tried", arguments: soundParts)
    func tried(what: String, parts: Parts) {
        #expect(throws: CryptoFailure.wrongPassphrase) {
            try P256.PrivateKey(encryptedDER: parts.der, passphrase: Array("any".utf8))
        }
    }

    static let judged: [(String, Parts)] = [
        ("no round", Parts(rounds: DERNode.integer([0]))), ("less than none", Parts(rounds: DERNode.integer([0xff]))),
        ("20,000,001 rounds", Parts(rounds: DERNode.integer([0x01, 0x31, 0x2d, 0x01]))),
        ("2^31 - 1 rounds", Parts(rounds: DERNode.integer([0x7f, 0xff, 0xff, 0xff]))),
        ("2^32 + 1 rounds", Parts(rounds: DERNode.integer([1, 0, 0, 0, 1]))),
        ("2^64 + 1 rounds", Parts(rounds: DERNode.integer([1, 0, 0, 0, 0, 0, 0, 0, 1]))),
        ("1,025 bytes of salt", Parts(salt: DERNode.octets([UInt8](repeating: 1, count: 1025)))),
        ("a salt from elsewhere", Parts(salt: DERNode.sequence(DERNode.hmacSHA256))),
        ("another length of the key", Parts(keyLength: DERNode.integer([16]))),
        ("a negative length of the key", Parts(keyLength: DERNode.integer([0xe0]))),
        ("an unknown scheme", Parts(scheme: DERNode.pbkdf2)), ("an unknown function", Parts(function: DERNode.pbes2)),
        ("scrypt's name", Parts(function: DERNode.scrypt)),
        ("an unknown hash", Parts(hash: DERNode.sequence(DERNode.pbes2))),
        ("an unknown cipher", Parts(cipher: DERNode.pbes2)), ("more after the end", Parts(trailing: [0])),
    ]

    @Test("The passphrase is not tried", arguments: judged)
    func refused(what: String, parts: Parts) {
        #expect(throws: CryptoFailure.unknownEncryption) {
            try P256.PrivateKey(encryptedDER: parts.der, passphrase: Array("any".utf8))
        }
    }
}

/// Handmade DER (X.690).
enum DERNode {
    static let pbes2: [UInt8] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13]
    static let pbkdf2: [UInt8] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12]
    static let scrypt: [UInt8] = [6, 9, 0x2b, 6, 1, 4, 1, 0xda, 0x47, 4, 11]
    static let hmacSHA256: [UInt8] = [6, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9]
    static let aes256: [UInt8] = [6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2a]
    static let null: [UInt8] = [5, 0]

    static func sequence(_ content: [UInt8]) -> [UInt8] { node(0x30, content) }
    static func octets(_ content: [UInt8]) -> [UInt8] { node(4, content) }
    static func integer(_ content: [UInt8]) -> [UInt8] { node(2, content) }

    private static func node(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        guard content.count >= 128 else { return [tag, UInt8(content.count)] + content }
        return [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 255)] + content
    }
}
