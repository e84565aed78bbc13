// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import OCI
import Registry
import Signing
import SystemPackage
import Testing
import Trust

@Suite("Versions, keys and freshness over time")
struct TimeTests {
    let scene = Scene()
    static let day: Int64 = 86_400

    @Test("An older version than one seen before is refused, unless it is allowed")
    func downgrade() async throws {
        let old = try await scene.release("1.4.3")
        _ = try await scene.release("1.5.0")
        #expect(try await scene.verify().version == SemanticVersion(1, 5, 0))
        await scene.repository.set(tag: "latest", to: old[0].digest)
        let refusal = TrustError.downgrade(
            "\(Scene.name):latest", SemanticVersion(1, 4, 3), seen: SemanticVersion(1, 5, 0))
        await #expect(throws: refusal) { try await scene.verify() }
        let allowing = scene.verifier(rules: .init(allowsDowngrade: true))
        #expect(try await scene.verify(with: allowing).version == SemanticVersion(1, 4, 3))
        await #expect(throws: refusal, "the highest version is still recorded") { try await scene.verify() }
    }

    @Test("A version below the minimum of the trust file or the program")
    func floors() async throws {
        _ = try await scene.release("1.4.3")
        for verifier in [
            scene.verifier(minimum: SemanticVersion(1, 5, 0)),
            scene.verifier(rules: .init(floor: SemanticVersion(1, 5, 0))),
        ] {
            await #expect(
                throws: TrustError.tooOld(
                    "\(Scene.name):latest", SemanticVersion(1, 4, 3), floor: SemanticVersion(1, 5, 0))
            ) { try await scene.verify(with: verifier) }
        }
    }

    @Test("During a rotation both keys count; an expired key does not")
    func rotation() async throws {
        _ = try await scene.release("1.4.3")
        let next = SigningKey.generate().publicKey
        let both = [TrustedRepository.Key(key: next), .init(key: scene.key.publicKey)]
        #expect(try await scene.verify(with: scene.verifier(keys: both)).key == scene.key.publicKey.id)
        await #expect(throws: TrustError.notSigned("\(Scene.name):latest", .foreignKey)) {
            try await scene.verify(with: scene.verifier(keys: [.init(key: next)]))
        }
        let end = Timestamp(seconds: Scene.now - 1)
        let over = [TrustedRepository.Key(key: scene.key.publicKey, notAfter: end), .init(key: next)]
        await #expect(
            throws: TrustError.notSigned("\(Scene.name):latest", .expiredKey(scene.key.publicKey.id, end))
        ) { try await scene.verify(with: scene.verifier(keys: over)) }
        #expect(try await scene.verify(with: scene.verifier(keys: over, now: Scene.now - 1)).version.major == 1)
    }

    @Test("Heartbeats: none, fresh, expired, of a newer version, from the future, by a foreign key")
    func freshness() async throws {
        let subjects = try await scene.release("1.4.3")
        #expect(try await scene.verify().freshness == .unknown)
        let stranger = SignaturePublisher(repository: scene.repository, key: .generate(), created: Scene.created)
        try await stranger.publish(
            heartbeat: scene.heartbeat(subjects[0].digest, "1.4.3", at: Scene.created, days: 7))
        #expect(try await scene.verify().freshness == .unknown)
        try await scene.beat(subjects[0].digest, "1.4.3", at: Scene.now + 2 * Self.day)
        #expect(try await scene.verify().freshness == .unknown)
        let later = Scene()
        let release = try await later.release("1.4.3")
        try await later.beat(release[0].digest, "1.4.3")
        #expect(try await later.verify().freshness == .fresh(Timestamp(seconds: Scene.created)))
        let over = later.verifier(now: Scene.now + 8 * Self.day)
        #expect(try await later.verify(with: over).freshness == .stale(Timestamp(seconds: Scene.created)))
        try await later.beat(release[0].digest, "1.5.0", at: Scene.created + 10)
        let held = try await later.verify().freshness
        #expect(held == .outdated(newest: SemanticVersion(1, 5, 0), Timestamp(seconds: Scene.created + 10)))
    }

    @Test("--require-fresh makes a warning a refusal")
    func required() async throws {
        let subjects = try await scene.release("1.4.3")
        let strict = TrustRules(requiresFreshness: true)
        await #expect(throws: TrustError.notFresh("\(Scene.name):latest", .unknown)) {
            try await scene.verify(with: scene.verifier(rules: strict))
        }
        try await scene.beat(subjects[0].digest, "1.4.3")
        #expect(try await scene.verify(with: scene.verifier(rules: strict)).freshness.warning == nil)
    }

    @Test("The newest heartbeat is remembered when a registry replays an older one, or has none")
    func forgetting() async throws {
        let subjects = try await scene.release("1.4.3")
        try await scene.beat(subjects[0].digest, "1.5.0", at: Scene.created + 10)
        _ = try await scene.verify()
        for action in 0..<2 {
            if action == 0 { try await scene.beat(subjects[0].digest, "1.4.3", at: Scene.created) }
            if action == 1 { await scene.repository.set(tag: Heartbeat.tag, to: nil) }
            let freshness = try await scene.verify().freshness
            #expect(freshness == .outdated(newest: SemanticVersion(1, 5, 0), Timestamp(seconds: Scene.created + 10)))
        }
    }

    @Test("Offline: verified again from the evidence, with the current keys, versions and clock")
    func offline() async throws {
        let reference = try ImageReference("\(Scene.name):latest")
        await #expect(throws: TrustError.noEvidence(reference.description)) {
            try await scene.verifier().recall(reference)
        }
        let subjects = try await scene.release("1.4.3")
        try await scene.beat(subjects[0].digest, "1.4.3")
        _ = try await scene.verify()
        await scene.repository.setUnreachable(true)
        await #expect(throws: MemoryRepository.Unreachable.self) { try await scene.verify() }
        let recalled = try await scene.verifier().recall(reference)
        #expect(recalled.digest == subjects[0].digest && recalled.isRecalled)
        let weekLater = scene.verifier(now: Scene.now + 8 * Self.day)
        #expect(try await weekLater.recall(reference).freshness == .stale(Timestamp(seconds: Scene.created)))
        let stranger = scene.verifier(keys: [.init(key: SigningKey.generate().publicKey)])
        await #expect(throws: TrustError.self) { try await stranger.recall(reference) }
    }

    @Test("The records are private to their owner; a corrupt one is refused, not ignored")
    func records() async throws {
        _ = try await scene.release("1.4.3")
        _ = try await scene.verify()
        let files = try Files.list(scene.directory)
        #expect(files.count == 3)
        for file in files {
            #expect(try Files.status(of: scene.directory.appending(file)).st_mode & 0o777 == 0o600, "\(file)")
        }
        #expect(try Files.status(of: scene.directory).st_mode & 0o777 == 0o700)
        for file in files where file.hasSuffix(".json") && !file.contains("evidence") {
            try Files.write(Array("{}".utf8), to: scene.directory.appending(file))
        }
        await #expect(throws: TrustError.self) { try await scene.verify() }
    }
}
