// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Release
import Signing
import SystemPackage
import Testing
import Trust

/// Refusals, which leave no trace.
@Suite struct RefusalTests {
    private static func released() async throws -> (Fixture, Machine) {
        let fixture = try Fixture()
        try await fixture.found()
        let machine = try await fixture.machine("here")
        try await machine.release()
        return (fixture, machine)
    }

    /// Commands that change the project, and the expected error.
    private static let cases: [(String, String)] = [
        ("echo >> SECURITY.md", "1 file has uncommitted changes: SECURITY.md."),
        ("touch 'a new file'", "1 file has uncommitted changes:"),
        (
            "git clone -q ../../origin.git other; cd other; echo >> SECURITY.md; \(Fixture.commit) -am x; git push -q; "
                + "cd ..; rm -rf other", "The branch 'main' is behind the one of the git remote 'origin'."
        ),
        ("echo >> SECURITY.md; \(Fixture.commit) -am x", "has commits that the git remote 'origin' does not have."),
        ("git checkout -q --detach", "No branch is checked out"),
        (
            "git tag -f v1.0.0 HEAD~1 2> /dev/null > /dev/null",
            "A release tag differs from the one at the git remote 'origin'."
        ),
        ("git remote rename origin upstream", "There is no git remote 'origin'; the remotes are upstream."),
        (
            "git remote set-url origin ../../nowhere.git",
            "The git remote 'origin' refuses: '../../nowhere.git' does not appear to be a git repository."
        ),
        (
            "git remote set-url --push origin ../../nowhere.git; sed -i 's/^title:.*/title: Another/' image/image.yaml; "
                + "git add .; \(Fixture.commit) -m x; git push -q ../../origin.git main; git fetch -q",
            "The git remote 'origin' refuses: '../../nowhere.git' does not appear to be a git repository."
        ),
        (
            "sed -i 's/^  base:/  base:\\n    - mc/' image/image.yaml; \(Fixture.commit) -am x; git push -q origin main",
            "'versions.lock' was not made from the committed 'image/image.yaml'."
        ),
        (
            "sed -i 's/CHOWN, FOWNER,/CHOWN, FOWNER, NET_RAW,/' image/hardening.yaml; \(Fixture.commit) -am x; "
                + "git push -q origin main", "The hardening is weaker than that of the last release: weaker: standard:"
        ),
    ]

    @Test("A project that differs from the remote, or is weaker than before, is refused", arguments: cases)
    func project(_ script: String, _ says: String) async throws {
        let (fixture, machine) = try await Self.released()
        try await machine.shell(script)
        let before = try await fixture.publicState()
        let refusal = await Self.refusal {
            _ = try await machine.git(Faults()).remote("origin")
            try await machine.release { $0.step = .minor }
        }
        #expect(refusal.contains(says), "\(refusal)")
        #expect(try await fixture.publicState() == before)
    }

    @Test(
        "a hook of the git server refuses in its own words, and its permission is enough to go on",
        arguments: [
            ("pre-receive", "pre-receive hook declined"), ("update", "hook declined"),
        ])
    func forbidden(_ hook: String, _ reason: String) async throws {
        let (fixture, machine) = try await Self.released()
        try machine.relock(day: 2)
        try await machine.change(":")
        let file = "\(fixture.origin)/hooks/\(hook)"
        try await machine.shell(
            "printf '#!/bin/sh\\necho GH006: protected >&2\\nexit 1\\n' > '\(file)'; chmod +x '\(file)'")
        do { try await machine.release() } catch ReleaseError.forbidden("origin", let said, let words) {
            #expect(said == reason && words.contains("GH006: protected"), "\(said): \(words)")
        }
        try await machine.shell("rm '\(file)'")
        let outcome = try await machine.release()
        guard case .released(let record, _) = outcome else {
            Issue.record("nothing was released")
            return
        }
        #expect(record.version == SemanticVersion(1, 0, 1))
    }

    @Test("an untrusted or expired key", arguments: [false, true])
    func otherKey(_ isExpired: Bool) async throws {
        let key = SigningKey.generate()
        let known =
            isExpired
            ? TrustedRepository.Key(key: key.publicKey, notAfter: Timestamp(seconds: Machine.now - 1))
            : .init(key: SigningKey.generate().publicKey)
        let trusted = TrustedRepository(name: Fixture.name, keys: [known])
        let refusal = await Self.refusal {
            _ = try ReleaseSigner(
                repository: LayoutRepository(root: "/nonexistent", name: Fixture.name), key: key,
                trusted: trusted, scratch: "/nonexistent", now: Machine.now, statements: { _ in [] })
        }
        #expect(refusal == "The key is not one of the trusted keys for '\(Fixture.name)' in trust.json.")
    }

    @Test("a repository without write access")
    func readOnly() async throws {
        let (fixture, machine) = try await Self.released()
        try machine.relock(day: 2)
        try await machine.change(":")
        let preflight = Preflight(git: machine.git(Faults()), remote: "origin")
        let refusal = await Self.refusal {
            try await preflight.checkIsWritable(
                LayoutRepository(root: fixture.root.pushing("here/clone/SECURITY.md"), name: Fixture.name))
        }
        #expect(refusal.hasPrefix("Cannot write to '\(Fixture.name)': "), "\(refusal)")
    }

    @Test("a read-only registry, before anything is built", .enabled(if: RealRegistry.isPossible))
    func readOnlyRegistry() async throws {
        try await RealRegistry.with { registry in
            let fixture = try Fixture(place: try await registry.repository())
            try await fixture.found()
            let machine = try await fixture.machine("here")
            try await machine.release()
            try machine.relock(day: 2)
            try await machine.change(":")
            try await fixture.place?.lock()
            let before = try await fixture.publicState()
            let faults = Faults()
            let refusal = await Self.refusal { try await machine.release(faults) }
            #expect(refusal.hasPrefix("Cannot write to '\(Fixture.name)': "), "\(refusal)")
            #expect(refusal.contains("(status 405"), "\(refusal)")
            #expect(!faults.places.contains("build"))
            #expect(try await fixture.publicState() == before)
        }
    }

    @Test("a version that exists in the registry but not in git")
    func tagTaken() async throws {
        let (fixture, machine) = try await Self.released()
        try machine.relock(day: 2)
        try await machine.change(":")
        let manifest = try #require(try await fixture.registry.manifest(.tag("1.0.0")))
        try await fixture.registry.put(manifest: manifest, as: .tag("1.0.1"))
        let before = try await fixture.publicState()
        let refusal = await Self.refusal { try await machine.release() }
        #expect(refusal.hasPrefix("The registry's tag '1.0.1' names another image: sha256:"))
        #expect(try await fixture.publicState() == before)
    }

    @Test("a smaller step than the changes need")
    func tooSmall() async throws {
        let (_, machine) = try await Self.released()
        try await machine.change("sed -i 's/^## .Unreleased.*/&\\n\\n### Added\\n\\n- More./' CHANGELOG.md")
        let refusal = await Self.refusal { try await machine.release { $0.step = .patch } }
        #expect(refusal == "The changes need a minor release, not a patch one: Added: More.", "\(refusal)")
    }

    @Test("concurrent releases in one clone")
    func singleFlight() async throws {
        let fixture = try Fixture()
        try await SingleFlight.run(in: fixture.root) {
            let refusal = await Self.refusal { try await SingleFlight.run(in: fixture.root) {} }
            #expect(refusal == "Another release is running in this repository.")
        }
        try await SingleFlight.run(in: fixture.root) {}
    }

    /// The sentence of the error of `body`.
    private static func refusal(_ body: () async throws -> Void) async -> String {
        do { try await body() } catch let error as any UserFacingError { return error.sentence } catch {
            return "\(error)"
        }
        return "nothing was refused"
    }
}
