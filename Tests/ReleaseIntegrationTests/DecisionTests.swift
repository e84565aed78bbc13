// SPDX-License-Identifier: Apache-2.0

import Core
import Release
import SystemPackage
import Testing

/// The version and the files for a project's changes.
@Suite struct DecisionTests {
    /// The change of the released project; the day of the new lock; whether it is a nightly run; the expected version.
    private static let cases: [(String, Int?, Bool, String?)] = [
        (":", nil, false, nil), (":", nil, true, nil),
        (":", 2, false, "1.0.1"), (":", 2, true, "1.0.1"),
        (add("Fixed"), nil, false, "1.0.1"), (add("Fixed"), nil, true, nil),
        (add("Added"), nil, false, "1.1.0"), (add("Added"), 2, true, "1.0.1"), (add("Added"), 2, false, "1.1.0"),
        ("sed -i 's/CHOWN, FOWNER,/CHOWN,/' image/hardening.yaml", nil, false, "1.1.0"),
        ("sed -i 's/CHOWN, FOWNER,/CHOWN,/' image/hardening.yaml; \(add("Added"))", 2, true, "1.1.0"),
        ("mkdir -p image/rootfs/etc; echo > image/rootfs/etc/motd", nil, false, "1.0.1"),
        ("sed -i 's/^title:.*/title: Another/' image/image.yaml", nil, false, "1.0.1"),
        ("sed -i 's/^  - workdir.*//; s/^workdir:.*/workdir: \\/work/' image/image.yaml", nil, false, "1.1.0"),
        (add("Changed", "**Breaking:** all is new."), nil, false, "2.0.0"),
    ]

    private static func add(_ group: String, _ text: String = "Something.") -> String {
        "sed -i 's/^## .Unreleased.*/&\\n\\n### \(group)\\n\\n- \(text)/' CHANGELOG.md"
    }

    @Test("the version is derived from the changes", arguments: cases)
    func version(_ change: String, _ day: Int?, _ isNight: Bool, _ expected: String?) async throws {
        let fixture = try Fixture()
        try await fixture.found()
        let machine = try await fixture.machine("here")
        try await machine.release()
        if let day { try machine.relock(day: day) }
        try await machine.change(change)
        let outcome = try await machine.releaseRun().run(Machine.request(isNight ? .nightly : .maintainer)) { _ in }
        guard case .released(let record, _) = outcome else {
            #expect(expected == nil)
            return
        }
        #expect(record.version.description == expected)
        let files = try await machine.shell("cat CHANGELOG.md; grep '^version:' image/image.yaml; grep yes SECURITY.md")
        let waits = isNight && record.version.patch > 0 && change.contains("Added")
        let heading = "## [\(record.version)] - 2026-11-0\(day ?? 1)"
        #expect(files.contains(waits ? "## [Unreleased]\n\n### Added" : "## [Unreleased]\n\n\(heading)"), "\(files)")
        #expect(files.contains("version: \(record.version)\n"))
        #expect(files.contains("| \(record.version.line) | yes |"))
    }

    @Test("a weaker hardening is released when each claim it touches is named, and never as a patch")
    func acceptedWeakening() async throws {
        let fixture = try Fixture()
        try await fixture.found()
        let machine = try await fixture.machine("here")
        try await machine.release()
        try await machine.change("sed -i 's/CHOWN, FOWNER,/CHOWN, FOWNER, NET_RAW,/' image/hardening.yaml")
        do { try await machine.release() } catch ReleaseError.weaker(_, let claims) {
            let outcome = try await machine.release { $0.acceptedClaims = Set(claims) }
            guard case .released(let record, let planned) = outcome else {
                Issue.record("nothing was released")
                return
            }
            #expect(record.version == SemanticVersion(1, 1, 0))
            #expect(planned.notes.markdown.contains("weaker: standard: "))
            return
        }
        Issue.record("it was not refused")
    }

    @Test("the first release takes its version from the definition, and the tags name it")
    func first() async throws {
        let fixture = try Fixture()
        try await fixture.found()
        try await fixture.machine("here").release()
        let state = try await fixture.publicState()
        for tag in ["1.0.0 ", "1.0 ", "1 ", "latest "] { #expect(state.contains { $0.hasPrefix(tag + "sha256:") }) }
        #expect(state.contains("v1.0.0 Release 1.0.0"))
        #expect(state.filter { $0.hasSuffix("https://sigstore.dev/cosign/sign/v1") }.count == 5)
        #expect(state.filter { $0.hasSuffix("https://spdx.dev/Document") }.count == 4)
        #expect(state.filter { $0.hasSuffix("4 signatures") }.count == 5)
    }

    @Test("an image that the registry lost after the commit point is rebuilt from the tag")
    func restored() async throws {
        let fixture = try Fixture()
        try await fixture.found()
        let machine = try await fixture.machine("here")
        try await machine.release()
        let expected = try await fixture.publicState()
        try await Fixture.shell("rm -r \"$1/registry\" \"$1/here/store\"", [fixture.root.string])
        guard case .finished(let record) = try await machine.release() else {
            Issue.record("nothing was finished")
            return
        }
        #expect(record.version == SemanticVersion(1, 0, 0))
        #expect(try await fixture.publicState() == expected)
    }

    @Test(
        "a release without the agent has separate tags; changing the kind is a major release, and never a nightly one"
    )
    func kinds() async throws {
        let fixture = try Fixture()
        try await fixture.found()
        let machine = try await fixture.machine("here")
        try await machine.release { $0.kind = .base }
        let tags = ["1-base", "1.0-base", "1.0.0-base", "latest-base"]
        let images = {
            try await fixture.publicState().compactMap { $0.split(separator: " sha256:").first }.map(String.init)
        }
        #expect(
            try await images().filter { tags.contains($0) || ImageKind.full.tags(of: .init(1, 0, 0)).contains($0) }
                == tags)
        try machine.relock(day: 2)
        try await machine.change(":")
        await #expect(throws: ReleaseError.majorByNightly("published with the agent, under tags without -base")) {
            _ = try await machine.releaseRun().run(Machine.request(.nightly), progress: { _ in })
        }
        guard case .released(let record, _) = try await machine.release() else {
            Issue.record("nothing was released")
            return
        }
        #expect(record.version == SemanticVersion(2, 0, 0) && record.name == "\(Fixture.name):2.0.0")
        #expect(try await machine.shell("cat CHANGELOG.md").contains("Image: published with the agent"))
    }

    @Test("the program's version moves with a release, where the project has the program", arguments: [true, false])
    func programVersion(_ isThere: Bool) async throws {
        let fixture = try Fixture()
        try await fixture.found()
        let machine = try await fixture.machine("here")
        if !isThere { try await machine.change("git rm -q -r Sources") }
        try await machine.release()
        let found = try await machine.shell("cat Sources/Commands/ProgramVersion.swift || true")
        #expect(found == (isThere ? "static let current = \"1.0.0\"\n" : ""))
    }

    @Test("tags move forward only", arguments: [ImageKind.full, .base])
    func forwardOnly(_ kind: ImageKind) async throws {
        let fixture = try Fixture()
        try await fixture.found()
        let machine = try await fixture.machine("here")
        let suffix = kind == .base ? "-base" : ""
        try await machine.release { $0.kind = kind }
        try await machine.shell("git push -q origin HEAD:refs/heads/1.0.x")
        try await machine.change("sed -i 's/^## .Unreleased.*/&\\n\\n### Added\\n\\n- More./' CHANGELOG.md")
        try await machine.release { $0.kind = kind }
        let newest = try await fixture.registry.digest(ofTag: "latest\(suffix)")
        try await machine.shell("git fetch -q origin 1.0.x; git checkout -q -b 1.0.x FETCH_HEAD")
        try machine.relock(day: 2)
        try await machine.shell("git add .; \(Fixture.commit) -m Old; git push -q origin 1.0.x")
        guard case .released(let record, _) = try await machine.release(Faults(), { $0.kind = kind }) else {
            Issue.record("nothing was released")
            return
        }
        #expect(record.version == SemanticVersion(1, 0, 1))
        #expect(try await fixture.registry.digest(ofTag: "latest\(suffix)") == newest)
        #expect(try await fixture.registry.digest(ofTag: "1\(suffix)") == newest)
        #expect(try await fixture.registry.digest(ofTag: "1.0\(suffix)") == record.image)
    }
}
