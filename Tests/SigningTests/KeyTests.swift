// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Signing
import SystemPackage
import Testing

@Suite("Keys")
struct KeyTests {
    static let message = Array("message".utf8)

    @Test(
        "Every format that openssl writes gives the same key",
        arguments: ["key.pem", "sec1.pem", "encrypted.pem", "encrypted-old.pem"])
    func forms(file: String) throws {
        let key = try SigningKey(pem: Vectors.bytes(file), passphrase: Vectors.passphrase)
        #expect(key.publicKey == (try PublicKey(pem: Vectors.bytes("key.pub"))))
    }

    @Test("Keys are written as by openssl: the public key to the byte, the private key in content")
    func writing() throws {
        let key = try SigningKey(pem: Vectors.bytes("key.pem"))
        #expect(Array(key.publicKey.pem.utf8) == (try Vectors.bytes("key.pub")))
        #expect(Array(try key.pem().utf8) == (try Vectors.bytes("key.pem")))
    }

    @Test("The id is the SHA-256 of what `openssl pkey -outform DER` writes")
    func id() throws {
        let key = try PublicKey(pem: Vectors.bytes("key.pub"))
        let answer = try openssl("pkey", "-pubin", "-in", Vectors.path("key.pub").string, "-outform", "PEM")
        #expect(answer.output == key.pem)
        #expect(key.id == Digest(of: key.der))
    }

    @Test("openssl decrypts a key, with the passphrase only")
    func encryption() throws {
        let key = try SigningKey(pem: Vectors.bytes("key.pem"))
        let file = FilePath(NSTemporaryDirectory()).appending("key-\(Files.uniqueSuffix()).pem")
        defer { try? Files.removeTree(file) }
        try Files.write(Array(key.pem(passphrase: Vectors.passphrase).utf8), to: file, mode: [.ownerReadWrite])
        let opened = try openssl("pkey", "-in", file.string, "-passin", "pass:correct horse", "-pubout")
        #expect(opened.output == key.publicKey.pem)
        #expect(try openssl("pkey", "-in", file.string, "-passin", "pass:wrong", "-pubout").status != 0)
        #expect(throws: SigningError.wrongPassphrase) {
            try SigningKey(pem: Files.read(file, limit: KeyText.limit), passphrase: Array("wrong".utf8))
        }
    }

    static let refused: [(String, SigningError)] = [
        ("", .notAPrivateKey), ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", .notAPrivateKey),
        ("-----BEGIN PRIVATE KEY-----\nAAAA", .notAPrivateKey),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n", .unknownEncryption),
        (
            "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
            .notAPrivateKey
        ),
        (String(repeating: "x", count: KeyText.limit + 1), .notAPrivateKey),
    ]

    @Test("An invalid key is refused with an error", arguments: refused)
    func refusals(text: String, error: SigningError) {
        #expect(throws: error) { try SigningKey(pem: Array(text.utf8), passphrase: Vectors.passphrase) }
    }

    @Test("An encrypted key without a passphrase, a public key in place of a private one, a key of another curve")
    func wrongKinds() throws {
        #expect(throws: SigningError.passphraseNeeded) { try SigningKey(pem: Vectors.bytes("encrypted.pem")) }
        #expect(throws: SigningError.notAPrivateKey) { try SigningKey(pem: Vectors.bytes("key.pub")) }
        #expect(throws: SigningError.notAPublicKey) { try PublicKey(pem: Vectors.bytes("key.pem")) }
        let other = try openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384").output
        #expect(throws: SigningError.notAPrivateKey) { try SigningKey(pem: Array(other.utf8)) }
        let withParameters = try openssl("ecparam", "-name", "prime256v1", "-genkey").output
        #expect(throws: Never.self) { try SigningKey(pem: Array(withParameters.utf8)) }
    }

    @Test("A signature is one of its key and its message, and of no other")
    func signatures() throws {
        let (key, other) = (SigningKey.generate(), SigningKey.generate())
        let signature = try key.sign(Self.message)
        #expect(key.publicKey.verifies(signature, of: Self.message))
        #expect(!other.publicKey.verifies(signature, of: Self.message))
        #expect(!key.publicKey.verifies(signature, of: Self.message + [0]))
        #expect(!key.publicKey.verifies(Signature(der: Array(signature.der.dropLast())), of: Self.message))
        #expect(!key.publicKey.verifies(Signature(der: []), of: Self.message))
    }
}
