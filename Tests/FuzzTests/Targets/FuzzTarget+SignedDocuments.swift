// SPDX-License-Identifier: Apache-2.0

import Core
import Crypto
import Release
import Signing
import SystemPackage
import Trust

extension FuzzTarget {
    /// Signed documents have one encoding: parsed, written and parsed again they are the same, byte for byte.
    static func statement(_ bytes: [UInt8]) throws {
        let statement = try Statement(parsing: bytes)
        try expect(try Statement(parsing: statement.bytes) == statement, "another statement")
        guard let heartbeat = Heartbeat(statement) else { return }
        try expect(Heartbeat(heartbeat.statement) == heartbeat, "another heartbeat")
    }

    static func bundle(_ bytes: [UInt8]) throws {
        let bundle = try SigstoreBundle(parsing: bytes)
        try expect(try SigstoreBundle(parsing: bundle.bytes) == bundle, "another bundle")
        if let key = try? PublicKey(pem: Array(publisher.utf8)), let statement = bundle.statement(signedBy: key) {
            // The private half is not here: valid signatures exist only in the corpus.
            try expect(statement.subjects.first?.annotations["version"] == "1.4.3", "\(statement) is believed")
        }
    }

    /// The public key of the corpus's bundle (Tests/SigningTests/Fixtures).
    private static let publisher = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEslYFM2km2GVA76i0IhoOzlEeXcx+
        CeIhIxUUf1GfTEmtQi0wuWQWnHNEPQCqA4lJcVf0/dq+PrtR5lHcnjURig==
        -----END PUBLIC KEY-----
        """

    static func simpleSigning(_ bytes: [UInt8]) throws {
        let payload = try SimpleSigningPayload(parsing: bytes)
        try expect(try SimpleSigningPayload(parsing: payload.bytes) == payload, "another payload")
    }

    /// The two kinds of manifests that attach signatures to an image.
    static func signatures(_ bytes: [UInt8]) throws {
        _ = try? ReferrerManifest(parsing: bytes)
        let manifest = try SignatureManifest(parsing: bytes)
        let again = try SignatureManifest(parsing: manifest.bytes(created: Timestamp(seconds: 0)))
        try expect(again == manifest, "other signatures")
        try expect(manifest.layers.count <= SignatureManifest.layerLimit, "\(manifest.layers.count) signatures")
    }

    static func time(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        try expect(try Timestamp(text).description == text, "\(text) is read as another moment")
    }

    /// Keys of all kinds; no passphrase is tried, because the key derivation takes seconds by design.
    static func key(_ bytes: [UInt8]) throws {
        _ = P256.PrivateKey.canRead(encryptedDER: bytes)
        if let key = try? SigningKey(pem: bytes) {
            try expect(try SigningKey(pem: Array(key.pem().utf8)).publicKey == key.publicKey, "another private key")
        }
        let key = try PublicKey(pem: bytes)
        try expect(try PublicKey(pem: Array(key.pem.utf8)) == key, "another public key")
    }

    /// Keys beside the file are looked up in a directory without any.
    static func trust(_ bytes: [UInt8]) throws {
        try withFile(bytes) { file in
            for repository in try TrustFile(reading: file).repositories {
                try expect((1...2).contains(repository.keys.count), "\(repository.keys.count) keys")
            }
        }
    }

    static func record(_ bytes: [UInt8]) throws {
        let record = try ReleaseRecord(parsing: bytes, of: "v1.4.3")
        try expect(record.version.description == "1.4.3", "the record of \(record.version)")
    }

    static func evidence(_ bytes: [UInt8]) throws {
        guard let evidence = Evidence(parsing: bytes) else { return }
        try expect(Evidence(parsing: evidence.bytes) == evidence, "other evidence")
    }
}
