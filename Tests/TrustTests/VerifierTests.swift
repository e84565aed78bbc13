// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Signing
import Testing
import Trust

@Suite("Verified pulls")
struct VerifierTests {
    let scene = Scene()

    @Test("A signed release is trusted, by tag, by version and by digest")
    func good() async throws {
        let subjects = try await scene.release("1.4.3")
        try await scene.beat(subjects[0].digest, "1.4.3")
        for name in ["latest", "1.4.3", "latest@\(subjects[0].digest)"] {
            let image = try await scene.verify(name)
            #expect(image.digest == subjects[0].digest && image.manifest == subjects[1].digest)
            #expect(image.version == SemanticVersion(1, 4, 3) && image.key == scene.key.publicKey.id)
            #expect(image.freshness == .fresh(Timestamp(seconds: Scene.created)) && !image.isRecalled)
        }
    }

    @Test("Of an index with gzip and zstd, the marked manifest is selected")
    func variants() async throws {
        let subjects = try await scene.image("1.4.3", isTwice: true)
        _ = try await scene.publisher.publish(subjects, tags: ["latest"], version: "1.4.3", attestations: [])
        await scene.repository.set(tag: "latest", to: subjects[0].digest)
        let image = try await scene.verify()
        #expect(image.digest == subjects[0].digest && image.manifest == subjects[2].digest)
    }

    @Test("The .sig tag alone is enough; other statements by the key are no signature")
    func simpleSigning() async throws {
        let subjects = try await scene.release("1.4.3")
        await scene.repository.detach(from: subjects[0].digest)
        #expect(try await scene.verify().version == SemanticVersion(1, 4, 3))
        await scene.repository.set(tag: SignatureManifest.tag(for: subjects[0].digest), to: nil)
        await expectRefused(.none)
        let statement = Statement(
            subjects: [
                .init(
                    digest: subjects[0].digest,
                    annotations: ["repository": Scene.name, "version": "1.4.3", "tags": "latest"])
            ], predicateType: "https://spdx.dev/Document", predicate: .object([:]))
        try await attach(SigstoreBundle(signing: statement, with: scene.key).bytes, to: subjects[0])
        await expectRefused(.none)
    }

    @Test("A signature without a version, as cosign makes one, does not count, and does not hide a valid one")
    func versionless() async throws {
        let subjects = try await scene.release("1.4.3")
        await scene.repository.detach(from: subjects[0].digest)
        let tag = SignatureManifest.tag(for: subjects[0].digest)
        let stored = try #require(try await scene.repository.manifest(.tag(tag)))
        let ours = try SignatureManifest(parsing: stored.bytes).layers
        let payload = SimpleSigningPayload(
            reference: "\(Scene.name):latest", digest: subjects[0].digest, creator: nil, timestamp: nil, version: nil
        ).bytes
        _ = try await scene.repository.put(blob: payload)
        let bare = SignatureManifest.Layer(payload: payload, signature: try scene.key.sign(payload))
        for (layers, isBelieved) in [([bare] + ours, true), ([bare], false)] {
            let bytes = SignatureManifest(layers: layers).bytes(created: Timestamp(seconds: Scene.created))
            let manifest = StoredManifest(mediaType: MediaType.manifest.rawValue, bytes: bytes)
            try await scene.repository.put(manifest: manifest, as: .tag(tag))
            if isBelieved {
                #expect(try await scene.verify().version == SemanticVersion(1, 4, 3))
            } else {
                await expectRefused(.noVersion)
            }
        }
    }

    @Test("Many referrers do not block an image: its evidence is only not recorded")
    func burdened() async throws {
        let subjects = try await scene.release("1.4.3")
        // The .sig tag holds the signature, and comes after everything else.
        await scene.repository.detach(from: subjects[0].digest)
        let padding = String(repeating: "x", count: 4_000_000)
        for seed in 0..<8 {
            let bytes = Array("{\"manifests\":[],\"schemaVersion\":2,\"seed\":\"\(seed)\(padding)\"}".utf8)
            let junk = StoredManifest(mediaType: MediaType.index.rawValue, bytes: bytes)
            try await scene.repository.attach([junk], to: subjects[0].digest)
        }
        for _ in 0..<2 { #expect(try await scene.verify().version == SemanticVersion(1, 4, 3)) }
        let reference = try ImageReference("\(Scene.name):latest")
        await #expect(throws: TrustError.noEvidence(reference.description)) {
            _ = try await scene.verifier().recall(reference)
        }
    }

    @Test("Without a signature, with a foreign one, with the signature of another image")
    func foreign() async throws {
        let subjects = try await scene.image("a")
        await scene.repository.set(tag: "latest", to: subjects[0].digest)
        await expectRefused(.none)
        let other = SignaturePublisher(repository: scene.repository, key: .generate(), created: Scene.created)
        _ = try await other.publish(subjects, tags: ["latest"], version: "9.0.0", attestations: [])
        await expectRefused(.foreignKey)
        let good = try await scene.release("1.4.3", tags: [])
        let bundle = try #require(try await scene.repository.referrers(of: good[0].digest).first)
        let stored = try #require(try await scene.repository.manifest(.digest(bundle)))
        let manifest = try ReferrerManifest(parsing: stored.bytes)
        try await attach(try await scene.repository.blob(manifest.bundle, limit: 1 << 20), to: subjects[0])
        await expectRefused(.otherContent)
        // The subject of the referrer itself is another image than the one that lists it.
        await scene.repository.attach(existing: bundle, to: subjects[0].digest)
        await expectRefused(.otherContent)
    }

    @Test("A signed image under a tag that it was not signed for")
    func wrongTag() async throws {
        let subjects = try await scene.release("1.4.3", tags: [])
        await scene.repository.set(tag: "latest", to: subjects[0].digest)
        await expectRefused(.otherName)
        _ = try await scene.publisher.publish(subjects, tags: ["1.5.0"], version: "1.4.3", attestations: [])
        await scene.repository.set(tag: "1.5.0", to: subjects[0].digest)
        await #expect(throws: TrustError.otherVersion("\(Scene.name):1.5.0", signed: SemanticVersion(1, 4, 3))) {
            try await scene.verify("1.5.0")
        }
    }

    @Test("A signature for another repository with the same key")
    func wrongRepository() async throws {
        let subjects = try await scene.image("a")
        await scene.repository.set(tag: "latest", to: subjects[0].digest)
        let elsewhere = MemoryRepository(name: "registry.example/other/image")
        let publisher = SignaturePublisher(repository: elsewhere, key: scene.key, created: Scene.created)
        let published = try await publisher.publish(subjects, tags: ["latest"], version: "1.0.0", attestations: [])
        let stored = try #require(try await elsewhere.manifest(.digest(published.subjects[0].signature)))
        let manifest = try ReferrerManifest(parsing: stored.bytes)
        try await attach(try await elsewhere.blob(manifest.bundle, limit: 1 << 20), to: subjects[0])
        await expectRefused(.otherName)
        await #expect(throws: TrustError.unknownRepository("registry.example/other/image")) {
            try await scene.verifier().verify(ImageReference("registry.example/other/image:latest"), in: elsewhere)
        }
    }

    @Test("Changed bytes: of the payload, of the bundle, of the manifest")
    func tampered() async throws {
        let subjects = try await scene.release("1.4.3")
        let bundle = try #require(try await scene.repository.referrers(of: subjects[0].digest).first)
        let stored = try #require(try await scene.repository.manifest(.digest(bundle)))
        let blob = try ReferrerManifest(parsing: stored.bytes).bundle
        await scene.repository.replace(blob: blob, by: Array("{}".utf8))
        await scene.repository.set(tag: SignatureManifest.tag(for: subjects[0].digest), to: nil)
        await expectRefused(.none)
        // A statement with another content under the same signature.
        let good = try #require(try await bundleOfRelease("1.4.4"))
        let text = String(decoding: good.envelope.payload, as: UTF8.self).replacing("1.4.4", with: "1.4.9")
        let forged = SigstoreBundle(
            hint: good.hint,
            envelope: DSSEEnvelope(
                payloadType: good.envelope.payloadType, payload: Array(text.utf8), signature: good.envelope.signature))
        try await attach(forged.bytes, to: subjects[0])
        await expectRefused(.foreignKey, tag: "1.4.3")
        let other = try await scene.image("other")
        let swapped = try #require(try await scene.repository.manifest(.digest(other[0].digest)))
        await scene.repository.replace(subjects[0].digest, by: swapped.bytes)
        await #expect(throws: TrustError.wrongManifest(subjects[0].digest)) { try await scene.verify("1.4.3") }
    }

    @Test("A swapped manifest below a good index, and an index without this machine")
    func swapped() async throws {
        let subjects = try await scene.release("1.4.3")
        let other = try await scene.image("other")
        let bytes = try #require(try await scene.repository.manifest(.digest(other[1].digest))).bytes
        await scene.repository.replace(subjects[1].digest, by: bytes)
        await #expect(throws: TrustError.wrongManifest(subjects[1].digest)) { try await scene.verify() }
        let trusted = TrustedRepository(name: Scene.name, keys: [.init(key: scene.key.publicKey)])
        let verifier = ImageVerifier(
            trusted: trusted, platform: .arm64, history: TrustHistory(directory: scene.directory), now: Scene.now)
        await #expect(throws: TrustError.noPlatform(.arm64, "\(Scene.name):latest")) {
            try await scene.verify(with: verifier)
        }
    }

    @Test("A huge bundle is not read, and the .sig tag still counts")
    func huge() async throws {
        let subjects = try await scene.release("1.4.3")
        await scene.repository.detach(from: subjects[0].digest)
        let huge = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
        try await attach(huge, to: subjects[0])
        #expect(try await scene.verify().version == SemanticVersion(1, 4, 3))
    }

    @Test("No image of that name, no tag at all")
    func missing() async throws {
        await #expect(throws: TrustError.noImage("\(Scene.name):latest")) { try await scene.verify() }
        await #expect(throws: TrustError.noTag(Scene.name)) {
            try await scene.verifier().verify(ImageReference(Scene.name), in: scene.repository)
        }
    }

    private func expectRefused(_ rejection: Rejection, tag: String = "latest") async {
        await #expect(throws: TrustError.notSigned("\(Scene.name):\(tag)", rejection)) { try await scene.verify(tag) }
    }

    private func attach(_ bundle: [UInt8], to subject: Descriptor) async throws {
        _ = try await scene.repository.put(blob: bundle)
        let bytes = ReferrerManifest.bytes(
            of: bundle, predicateType: "x", subject: subject, created: Timestamp(seconds: 0))
        let manifest = StoredManifest(mediaType: MediaType.manifest.rawValue, bytes: bytes)
        try await scene.repository.attach([manifest], to: subject.digest)
    }

    private func bundleOfRelease(_ version: String) async throws -> SigstoreBundle? {
        let subjects = try await scene.release(version, tags: [])
        guard let first = try await scene.repository.referrers(of: subjects[0].digest).first,
            let stored = try await scene.repository.manifest(.digest(first))
        else { return nil }
        let blob = try ReferrerManifest(parsing: stored.bytes).bundle
        return try SigstoreBundle(parsing: await scene.repository.blob(blob, limit: 1 << 20))
    }
}
