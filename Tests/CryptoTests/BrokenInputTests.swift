// SPDX-License-Identifier: Apache-2.0

import CCrypto
import Crypto
import Testing

/// Corrupted keys and signatures. The parsers are OpenSSL's: the tests check that they get the right bounds, that only
/// the expected encodings are accepted, and that no error is left behind.
@Suite("Broken keys and signatures")
struct BrokenInputTests {
    static let message = Array("message".utf8)
    static let passphrase = Array("any".utf8)
    private static let rounds = 3000

    @Test("A corrupt public key is refused, or is another key in the same form")
    func publicKeys() {
        let der = P256.PrivateKey().publicKey.der
        broken(der, seed: 1) { bytes in
            guard let key = try? P256.PublicKey(der: bytes) else { return }
            #expect(key.der == bytes && bytes.count == der.count)
        }
    }

    @Test("A corrupt private key is refused, or is one whose halves match")
    func privateKeys() throws {
        broken(try P256.PrivateKey().der(), seed: 2) { bytes in
            guard let key = try? P256.PrivateKey(der: bytes) else { return }
            #expect((try? key.signature(of: Self.message)).map { key.publicKey.verifies($0, of: Self.message) } == true)
        }
    }

    @Test("A corrupt encrypted key cannot be decrypted, unless it is the same key")
    func encryptedKeys() {
        var opened = 0
        // One iteration: the changes are meant to reach the steps after the derivation.
        broken(EncryptionBoundsTests.Parts().der, seed: 3) { bytes in
            // Iteration counts within the bounds may be high: such files are skipped.
            guard bytes.count < 1024, !Self.hasManyRounds(bytes) else { return }
            if (try? P256.PrivateKey(encryptedDER: bytes, passphrase: Self.passphrase)) != nil { opened += 1 }
        }
        #expect(opened == 0)
    }

    @Test("A corrupt signature does not verify")
    func signatures() throws {
        let key = P256.PrivateKey()
        let signature = try key.signature(of: Self.message)
        broken(signature, seed: 4) { bytes in
            if bytes != signature { #expect(!key.publicKey.verifies(bytes, of: Self.message)) }
        }
    }

    /// Handmade `ECDSA-Sig-Value`: r and s.
    static let forged: [(String, [UInt8])] = [
        ("nothing", []), ("no numbers", DERNode.sequence([])), ("zeros", signature([0], [0])),
        ("ones", signature([1], [1])),
        ("r alone", DERNode.sequence(DERNode.integer([1]))), ("negative", signature([0xff], [0xff])),
        ("the group's order", signature(order, order)), ("zero and the order", signature([0], order)),
        ("huge", signature([UInt8](repeating: 0x7f, count: 9000), [1])),
        ("no end", [0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0]),
        ("a length of 2^64 - 1", [0x30, 0x88] + [UInt8](repeating: 0xff, count: 8)),
    ]
    private static let order: [UInt8] =
        [0] + [UInt8](repeating: 0xff, count: 4) + [0, 0, 0, 0] + [UInt8](repeating: 0xff, count: 8) + [
            0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
        ]

    private static func signature(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        DERNode.sequence(DERNode.integer(first) + DERNode.integer(second))
    }

    @Test("A forged signature does not verify", arguments: forged)
    func forgeries(what: String, bytes: [UInt8]) {
        #expect(!P256.PrivateKey().publicKey.verifies(bytes, of: Self.message))
        #expect(!P256.PrivateKey().publicKey.verifies(bytes, of: []))
    }

    @Test("Signatures are DER: other encodings of the same numbers are refused")
    func strictSignatures() throws {
        let key = P256.PrivateKey()
        let signature = try key.signature(of: Self.message)
        try #require(key.publicKey.verifies(signature, of: Self.message))
        let body = Array(signature.dropFirst(2))
        for other in [signature + [0], [0x30, 0x81, UInt8(body.count)] + body, [0x30, 0x80] + body + [0, 0]] {
            #expect(!key.publicKey.verifies(other, of: Self.message))
        }
    }

    /// Nested deeper than any parser accepts; random bytes; nothing.
    static let odd: [[UInt8]] = [
        [], [0], [0x30], [0x30, 0x80], [UInt8](repeating: 0x30, count: 16_000),
        (0..<5000).flatMap { _ in [0x30, 0x80] as [UInt8] }, (0..<5000).flatMap { _ in [0x24, 0x80] as [UInt8] },
        [0x30, 0x84, 0xff, 0xff, 0xff, 0xff], [UInt8](repeating: 0xff, count: 91), [UInt8](repeating: 0, count: 91),
    ]

    @Test("Input that never was a key", arguments: odd)
    func never(bytes: [UInt8]) {
        #expect(throws: CryptoFailure.malformed) { try P256.PublicKey(der: bytes) }
        #expect(throws: CryptoFailure.malformed) { try P256.PrivateKey(der: bytes) }
        #expect(throws: CryptoFailure.unknownEncryption) {
            try P256.PrivateKey(encryptedDER: bytes, passphrase: Self.passphrase)
        }
        #expect(ERR_peek_error() == 0)
    }

    @Test("A corrupt PEM text has its intact blocks, or is refused")
    func pem() throws {
        let block = PEM(label: "PRIVATE KEY", der: try P256.PrivateKey().der())
        #expect(
            try PEM.blocks(of: Array(("before\n" + block.text + "between\n" + block.text + "after").utf8)) == [
                block, block,
            ])
        #expect(try PEM.blocks(of: Array(block.text.replacing("\n", with: "\r\n").utf8)) == [block])
        #expect(try PEM.blocks(of: []).isEmpty)
        #expect(throws: CryptoFailure.malformed) { try PEM.blocks(of: Array(block.text.utf8.dropLast(12))) }
        broken(Array(block.text.utf8), seed: 5) { bytes in
            for block in (try? PEM.blocks(of: bytes)) ?? [] {
                #expect(!block.der.isEmpty && block.der.count < bytes.count)
            }
        }
    }

    /// Calls `body` with deterministic mutations of `bytes`, and expects an empty error queue after each.
    private func broken(_ bytes: [UInt8], seed: UInt64, _ body: ([UInt8]) -> Void) {
        var chance = Chance(state: seed)
        for round in 0..<Self.rounds {
            var changed = bytes
            for _ in 0...Int.random(in: 0..<3, using: &chance) { Self.change(&changed, &chance) }
            if round < bytes.count { changed = Array(bytes.prefix(round)) }
            body(changed)
            #expect(ERR_peek_error() == 0)
        }
    }

    private static func change(_ bytes: inout [UInt8], _ chance: inout Chance) {
        guard !bytes.isEmpty else { return bytes.append(0x30) }
        let place = Int.random(in: 0..<bytes.count, using: &chance)
        switch Int.random(in: 0..<5, using: &chance) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &chance)
        case 2: bytes.remove(at: place)
        case 3: bytes.insert([0, 1, 0x30, 0x7f, 0x80, 0x84, 0xff].randomElement(using: &chance) ?? 0, at: place)
        default: bytes.removeSubrange(place..<min(place + 8, bytes.count))
        }
    }

    /// Whether the INTEGER after the salt, if there still is one, has more than two bytes.
    private static func hasManyRounds(_ bytes: [UInt8]) -> Bool {
        bytes.indices.dropLast().contains { bytes[$0] == 2 && (3...4).contains(bytes[$0 + 1]) }
    }
}

/// A linear congruential generator (Knuth's MMIX), deterministic.
private struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 33)) &* 0xff51_afd7_ed55_8ccd
    }
}
