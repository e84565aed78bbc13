// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Signing
import Testing
import Trust

@Suite("Signatures in a repository")
struct PublisherTests {
    @Test("Index and image each get a bundle and a .sig tag with a layer for each tag")
    func everything() async throws {
        let scene = Scene()
        let subjects = try await scene.image("a")
        let statement = Statement(
            subjects: [.init(digest: subjects[1].digest)], predicateType: "https://spdx.dev/Document",
            predicate: .object(["name": .string("a")]))
        let published = try await scene.publisher.publish(
            subjects, tags: ["1.4.3", "latest"], version: "1.4.3", attestations: [statement])
        #expect(published.subjects.map(\.digest) == subjects.map(\.digest))
        #expect(published.subjects[0].attestations.isEmpty)
        #expect(Array(published.subjects[1].attestations.keys) == ["https://spdx.dev/Document"])
        for subject in published.subjects {
            let stored = try #require(try await scene.repository.manifest(.tag("sha256-\(subject.digest.hex).sig")))
            #expect(stored.digest == subject.signatureManifest)
            let layers = try SignatureManifest(parsing: stored.bytes).layers
            var references: [String] = []
            for layer in layers {
                let bytes = try await scene.repository.blob(layer.payload, limit: 1 << 16)
                #expect(scene.key.publicKey.verifies(layer.signature, of: bytes))
                references.append(try SimpleSigningPayload(parsing: bytes).reference)
            }
            #expect(references == ["\(Scene.name):1.4.3", "\(Scene.name):latest"])
        }
        #expect(await scene.repository.tags["latest"] == nil, "the release tags images")
    }

    @Test("A repeated call writes nothing")
    func repeated() async throws {
        let scene = Scene()
        let subjects = try await scene.image("a")
        let first = try await scene.publisher.publish(subjects, tags: ["1.0.0"], version: "1.0.0", attestations: [])
        let writes = await scene.repository.writes
        let second = try await scene.publisher.publish(subjects, tags: ["1.0.0"], version: "1.0.0", attestations: [])
        #expect(first == second)
        #expect(await scene.repository.writes == writes)
    }

    @Test("Killed at any write and run again, it ends in the same state", arguments: 0..<14)
    func killed(after count: Int) async throws {
        let scene = Scene()
        let subjects = try await scene.image("a")
        await scene.repository.setWritesLeft(count)
        _ = try? await scene.publisher.publish(subjects, tags: ["1.0.0", "1.0"], version: "1.0.0", attestations: [])
        await scene.repository.setWritesLeft(.max)
        _ = try await scene.publisher.publish(subjects, tags: ["1.0.0", "1.0"], version: "1.0.0", attestations: [])
        for subject in subjects {
            #expect(try await scene.repository.referrers(of: subject.digest).count == 1)
            let stored = try await scene.repository.manifest(.tag(SignatureManifest.tag(for: subject.digest)))
            #expect(try SignatureManifest(parsing: try #require(stored).bytes).layers.count == 2)
        }
    }

    @Test("Signatures by other keys are kept, and do not replace those by this key")
    func others() async throws {
        let scene = Scene()
        let subjects = try await scene.image("a")
        let other = SignaturePublisher(
            repository: scene.repository, key: SigningKey.generate(), created: Scene.created)
        for publisher in [other, scene.publisher] {
            _ = try await publisher.publish(subjects, tags: ["1.0.0"], version: "1.0.0", attestations: [])
        }
        #expect(try await scene.repository.referrers(of: subjects[0].digest).count == 2)
        let stored = try await scene.repository.manifest(.tag(SignatureManifest.tag(for: subjects[0].digest)))
        #expect(try SignatureManifest(parsing: try #require(stored).bytes).layers.count == 2)
    }

    @Test("Invalid arguments are refused before anything is written")
    func refusals() async throws {
        let scene = Scene()
        let subjects = try await scene.image("a")
        let writes = await scene.repository.writes
        let stray = Statement(subjects: [.init(digest: Digest(of: []))], predicateType: "t", predicate: .object([:]))
        await #expect(throws: TrustError.nothingToSign) {
            try await scene.publisher.publish(subjects, tags: [], version: "1.0.0", attestations: [])
        }
        await #expect(throws: SemanticVersionError.self) {
            try await scene.publisher.publish(subjects, tags: ["x"], version: "one", attestations: [])
        }
        await #expect(throws: OCIError.self) {
            try await scene.publisher.publish(subjects, tags: ["a b"], version: "1.0.0", attestations: [])
        }
        await #expect(throws: TrustError.strayStatement("t")) {
            try await scene.publisher.publish(subjects, tags: ["x"], version: "1.0.0", attestations: [stray])
        }
        #expect(await scene.repository.writes == writes)
    }

    @Test("The subjects of an index are the index and its images")
    func subjects() async throws {
        let scene = Scene()
        let subjects = try await scene.image("a")
        let found = try await SignedSubjects.found(at: subjects[0].digest, in: scene.repository)
        #expect(found.map(\.digest) == subjects.map(\.digest))
        #expect(found.map(\.size) == subjects.map(\.size))
        let alone = try await SignedSubjects.found(at: subjects[1].digest, in: scene.repository)
        #expect(alone == [subjects[1]])
    }
}
