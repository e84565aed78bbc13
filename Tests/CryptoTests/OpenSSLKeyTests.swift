// SPDX-License-Identifier: Apache-2.0

import Core
import Crypto
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The expected result for a key file.
enum Verdict: Equatable {
    case key
    case refused(CryptoFailure)
}

@Suite("Keys written by openssl")
struct OpenSSLKeyTests {
    static let passphrase = Array("correct horse".utf8)

    /// Commands that write a private key to their standard output.
    static let plainKeys: [(String, Verdict)] = [
        ("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", .key),
        ("openssl ecparam -name prime256v1 -genkey -noout", .key),
        ("openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt", .key),
        ("openssl ecparam -name prime256v1 -genkey -noout | openssl ec -conv_form compressed", .key),
        ("openssl ecparam -name prime256v1 -genkey -noout | openssl ec -conv_form hybrid", .key),
        ("openssl ecparam -name prime256v1 -genkey -noout | openssl ec -no_public", .key),
        (
            "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -param_enc explicit",
            .refused(.malformed)
        ),
        ("openssl ecparam -name secp256k1 -genkey -noout", .refused(.malformed)),
        ("openssl ecparam -name brainpoolP256r1 -genkey -noout", .refused(.malformed)),
        ("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384", .refused(.malformed)),
        ("openssl genpkey -algorithm ED25519", .refused(.malformed)),
        ("openssl genpkey -algorithm X25519", .refused(.malformed)),
        ("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024", .refused(.malformed)),
        // Legacy PEM encryption with a header: refused before anything could prompt for a passphrase.
        (
            "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -aes256 -passout 'pass:correct horse'",
            .refused(.malformed)
        ),
    ]

    @Test("An unencrypted private key", arguments: plainKeys)
    func plain(line: String, verdict: Verdict) throws {
        try withTemporaryDirectory { directory in
            let pem = try ShellLine.run("\(line) 2>/dev/null | tee key", in: directory)
            guard verdict == .key else {
                #expect(throws: CryptoFailure.malformed) { try P256.PrivateKey(der: Self.block(pem).der) }
                return
            }
            let key = try P256.PrivateKey(der: Self.block(pem).der)
            try expectSame(key, as: "key", in: directory)
            // Written again, it is PKCS#8 with the public half as an uncompressed point, regardless of its original
            // form.
            try Files.write(
                Array(PEM(label: "PRIVATE KEY", der: try key.der()).text.utf8), to: directory.appending("ours"),
                mode: .ownerReadWrite)
            try expectSame(key, as: "ours", in: directory)
            #expect(try key.der().count == 138)
        }
    }

    /// The options of `openssl pkcs8 -topk8`.
    static let encryptedKeys: [(String, Verdict)] = [
        ("-v2 aes-256-cbc", .key), ("-v2 aes-192-cbc", .key), ("-v2 aes-128-cbc", .key),
        ("-v2 aes-256-cbc -v2prf hmacWithSHA1", .key), ("-v2 aes-256-cbc -v2prf hmacWithSHA384", .key),
        ("-v2 aes-256-cbc -v2prf hmacWithSHA512", .key), ("-v2 aes-256-cbc -iter 1", .key),
        ("-v2 aes-256-cbc -iter 600000", .key),
        ("-v2 aes-256-cbc -v2prf hmacWithSHA224", .refused(.unknownEncryption)),
        ("-v2 aes-256-cbc -scrypt", .refused(.unknownEncryption)),
        ("-v2 aes-256-cbc -scrypt -scrypt_N 2 -scrypt_r 1 -scrypt_p 1", .refused(.unknownEncryption)),
        ("-v2 aes-256-gcm", .refused(.unknownEncryption)), ("-v2 aes-256-ofb", .refused(.unknownEncryption)),
        ("-v2 des3", .refused(.unknownEncryption)), ("-v2 camellia-256-cbc", .refused(.unknownEncryption)),
        ("-v1 PBE-SHA1-3DES", .refused(.unknownEncryption)),
    ]

    @Test("An encrypted private key", arguments: encryptedKeys)
    func encrypted(options: String, verdict: Verdict) throws {
        try withTemporaryDirectory { directory in
            let line = """
                openssl ecparam -name prime256v1 -genkey -noout -out key 2>/dev/null
                openssl pkcs8 -topk8 -in key \(options) -passout 'pass:correct horse' 2>/dev/null || true
                """
            let pem = try ShellLine.run(line, in: directory)
            // openssl does not write PKCS#8 with every cipher.
            guard !pem.isEmpty else { return #expect(options.contains("gcm"), "openssl wrote nothing") }
            let der = try Self.block(pem).der
            guard verdict == .key else {
                #expect(throws: CryptoFailure.unknownEncryption) {
                    try P256.PrivateKey(encryptedDER: der, passphrase: Self.passphrase)
                }
                return
            }
            let key = try P256.PrivateKey(encryptedDER: der, passphrase: Self.passphrase)
            try expectSame(key, as: "key", in: directory)
            for wrong in ["", "correct horse ", "correct\u{0}horse", "wrong"] {
                #expect(throws: CryptoFailure.wrongPassphrase) {
                    try P256.PrivateKey(encryptedDER: der, passphrase: Array(wrong.utf8))
                }
            }
        }
    }

    @Test(
        "Keys use AES-256-CBC, PBKDF2, HMAC-SHA-256, 600,000 rounds, 16 bytes of salt; openssl decrypts them"
    )
    func ours() throws {
        try withTemporaryDirectory { directory in
            let key = P256.PrivateKey()
            let der = try key.encryptedDER(passphrase: Self.passphrase)
            #expect(der != (try key.encryptedDER(passphrase: Self.passphrase)))
            try Files.write(
                Array(PEM(label: "ENCRYPTED PRIVATE KEY", der: der).text.utf8), to: directory.appending("ours"),
                mode: .ownerReadWrite)
            let parsed = try ShellLine.run(
                "openssl asn1parse -in ours | sed -E 's/^.*(cons|prim): *//; s/:[0-9A-F]{32,}$//; s/ +/ /g; s/ $//'",
                in: directory)
            #expect(
                String(decoding: parsed, as: UTF8.self) == """
                    SEQUENCE
                    SEQUENCE
                    OBJECT :PBES2
                    SEQUENCE
                    SEQUENCE
                    OBJECT :PBKDF2
                    SEQUENCE
                    OCTET STRING [HEX DUMP]
                    INTEGER :0927C0
                    SEQUENCE
                    OBJECT :hmacWithSHA256
                    NULL
                    SEQUENCE
                    OBJECT :aes-256-cbc
                    OCTET STRING [HEX DUMP]
                    OCTET STRING [HEX DUMP]

                    """)
            try ShellLine.run("openssl pkey -in ours -passin 'pass:correct horse' -out key", in: directory)
            try expectSame(key, as: "key", in: directory)
        }
    }

    @Test("A passphrase may be empty, and may contain any byte", arguments: ["", "\u{0}", "a\u{0}b", "ä€😀"])
    func passphrases(text: String) throws {
        let (key, passphrase) = (P256.PrivateKey(), Array(text.utf8))
        let opened = try P256.PrivateKey(
            encryptedDER: try key.encryptedDER(passphrase: passphrase), passphrase: passphrase)
        #expect(opened.publicKey.der == key.publicKey.der)
    }

    /// Commands that write a public key in DER; only the first has the accepted form.
    static let publicForms: [(String, Bool)] = [
        ("openssl ec -in key -pubout -outform DER", true),
        ("openssl ec -in key -pubout -outform DER -conv_form compressed", false),
        ("openssl ec -in key -pubout -outform DER -conv_form hybrid", false),
        ("openssl ec -in key -pubout -outform DER -param_enc explicit", false),
        ("openssl ec -in key -pubout -outform DER; echo", false),
        ("openssl ec -in key -pubout -outform DER | head -c 90", false),
        ("openssl ecparam -name secp256k1 -genkey -noout | openssl ec -pubout -outform DER", false),
        ("openssl genpkey -algorithm ED25519 | openssl pkey -pubout -outform DER", false),
    ]

    @Test("Only one form of a public key is accepted", arguments: publicForms)
    func publicKeys(line: String, taken: Bool) throws {
        try withTemporaryDirectory { directory in
            try ShellLine.run("openssl ecparam -name prime256v1 -genkey -noout -out key", in: directory)
            let der = try ShellLine.run("{ \(line); } 2>/dev/null", in: directory)
            try #require(!der.isEmpty)
            guard taken else {
                #expect(throws: CryptoFailure.malformed) { try P256.PublicKey(der: der) }
                return
            }
            #expect(try P256.PublicKey(der: der).der == der)
        }
    }

    static func block(_ pem: [UInt8]) throws -> PEM {
        // A block with legacy encryption is refused with the error of an invalid key.
        try #require(try PEM.blocks(of: pem).first)
    }

    /// Checks that openssl finds the same public half of `key` in `file`, and that each verifies the other's signature.
    private func expectSame(_ key: P256.PrivateKey, as file: String, in directory: FilePath) throws {
        let der = try ShellLine.run(
            "openssl pkey -in \(file) | openssl ec -pubout -outform DER -conv_form uncompressed 2>/dev/null",
            in: directory
        )
        #expect(key.publicKey.der == der)
        try Files.write(der, to: directory.appending("public"), mode: .ownerReadWrite)
        try Files.write(
            try key.signature(of: Array("message".utf8)), to: directory.appending("signature"), mode: .ownerReadWrite)
        let theirs = try ShellLine.run(
            """
            printf message >message
            openssl dgst -sha256 -verify public -keyform DER -signature signature message >answer
            openssl dgst -sha256 -sign \(file) message
            """, in: directory)
        #expect(key.publicKey.verifies(theirs, of: Array("message".utf8)))
    }
}
