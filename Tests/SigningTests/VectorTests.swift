// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import OCI
import Signing
import SystemPackage
import Testing

@Suite("Exact bytes of documents")
struct VectorTests {
    let key: PublicKey

    init() throws { key = try PublicKey(pem: Vectors.bytes("key.pub")) }

    static let payload = SimpleSigningPayload(
        reference: "\(Vectors.repository):1.4.3", digest: Vectors.image, creator: "opencode-docker 1.4.3",
        timestamp: Vectors.created, version: "1.4.3")

    static let statement = Statement(
        subjects: [
            .init(
                digest: Vectors.image,
                annotations: ["repository": Vectors.repository, "version": "1.4.3", "tags": "1.4.3,1.4"])
        ], predicateType: "https://sigstore.dev/cosign/sign/v1", predicate: .object([:]))

    @Test("Simple signing: payload, configuration, manifest, tag")
    func simpleSigning() throws {
        let bytes = try Vectors.bytes("payload.json")
        #expect(Self.payload.bytes == bytes)
        #expect(try SimpleSigningPayload(parsing: bytes) == Self.payload)
        let signature = Signature(der: try Vectors.bytes("payload.json.sig"))
        #expect(key.verifies(signature, of: bytes))
        let manifest = SignatureManifest(layers: [.init(payload: bytes, signature: signature)])
        let created = Timestamp(seconds: Vectors.created)
        #expect(manifest.configuration(created: created) == (try Vectors.bytes("configuration.json")))
        #expect(manifest.bytes(created: created) == (try Vectors.bytes("signatures.json")))
        #expect(try SignatureManifest(parsing: Vectors.bytes("signatures.json")) == manifest)
        #expect(SignatureManifest.tag(for: Vectors.image) == "sha256-\(Vectors.image.hex).sig")
    }

    @Test("DSSE and Sigstore's bundle: statement, pre-authentication encoding, bundle, referrer")
    func bundle() throws {
        let statement = try Vectors.bytes("statement.json")
        #expect(Self.statement.bytes == statement)
        #expect(try Statement(parsing: statement) == Self.statement)
        let encoding = DSSEEnvelope.preAuthenticationEncoding(type: Statement.payloadType, payload: statement)
        #expect(encoding == (try Vectors.bytes("pae")))
        let signature = Signature(der: try Vectors.bytes("pae.sig"))
        let envelope = DSSEEnvelope(payloadType: Statement.payloadType, payload: statement, signature: signature)
        let bundle = SigstoreBundle(hint: key.hint, envelope: envelope)
        #expect(bundle.bytes == (try Vectors.bytes("bundle.json")))
        #expect(try SigstoreBundle(parsing: bundle.bytes) == bundle)
        #expect(bundle.statement(signedBy: key) == Self.statement)
        #expect(bundle.statement(signedBy: SigningKey.generate().publicKey) == nil)
        let subject = Descriptor(mediaType: .index, digest: Vectors.image, size: 9)
        let referrer = ReferrerManifest.bytes(
            of: bundle.bytes, predicateType: Self.statement.predicateType, subject: subject,
            created: Timestamp(seconds: Vectors.created))
        #expect(referrer == (try Vectors.bytes("referrer.json")))
        let read = try ReferrerManifest(parsing: referrer)
        #expect(read.subject == Vectors.image && read.bundle == Digest(of: bundle.bytes))
    }

    @Test("openssl verifies the signatures")
    func openSSL() throws {
        let directory = FilePath(NSTemporaryDirectory()).appending("signing-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        let signer = SigningKey.generate()
        try Files.write(Array(signer.publicKey.pem.utf8), to: directory.appending("key.pub"))
        let envelope = try DSSEEnvelope(signing: Self.statement, with: signer)
        let encoding = DSSEEnvelope.preAuthenticationEncoding(
            type: envelope.payloadType, payload: envelope.payload)
        let pairs = [
            (encoding, envelope.signature), (Self.payload.bytes, try signer.sign(Self.payload.bytes)),
        ]
        for (message, signature) in pairs {
            for (name, content) in [("message", message), ("other", message + [32]), ("signature", signature.der)] {
                try Files.write(content, to: directory.appending(name))
            }
            for (name, status) in [("message", 0), ("other", 1)] as [(String, Int32)] {
                let answer = try openssl(
                    "dgst", "-sha256", "-verify", directory.appending("key.pub").string, "-signature",
                    directory.appending("signature").string, directory.appending(name).string)
                #expect(answer.status == status, "\(name)")
            }
        }
    }
}
