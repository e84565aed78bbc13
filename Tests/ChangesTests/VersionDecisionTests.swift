// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Debian
import Engine
import Foundation
import ImageDefinition
import Lockfile
import Testing

@Suite struct VersionDecisionTests {
    private static let profile = HardeningProfile(
        name: "standard", capabilities: [.chown], seccomp: nil, readOnlyRoot: false, sudo: false, network: .none,
        limits: ResourceLimits(pids: 1024, memory: nil, cpus: nil), temporaryFileSystems: [])

    private static func hardening(_ edit: (inout HardeningProfile) -> Void = { _ in }) -> HardeningDefinition {
        var profile = profile
        edit(&profile)
        return HardeningDefinition(profiles: ["standard": profile], claims: [])
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")

    private static func image(_ edits: [(String, String)] = []) throws -> ImageDefinition {
        let file = try Data(contentsOf: root.appending(path: "image/image.yaml"))
        var text = String(decoding: file, as: UTF8.self)
        for (old, new) in edits {
            try #require(text.contains(old))
            text = text.replacing(old, with: new)
        }
        return try ImageDefinition(parsing: text, file: "image.yaml")
    }

    private static func changes(_ old: VersionsLock, _ new: VersionsLock) -> ChangeSet { ChangeSet(from: old, to: new) }

    private static func decide(
        _ changes: ChangeSet? = nil, definition: [DefinitionChange] = [], from old: HardeningDefinition = hardening(),
        to new: HardeningDefinition = hardening(), unreleased: String = "", accepting: Set<String> = []
    ) throws -> VersionDecision {
        let lock = Fixture.lock([])
        return VersionDecision(
            changes: changes ?? ChangeSet(from: lock, to: lock), definition: definition,
            hardening: try HardeningDifference(from: old, to: new),
            unreleased: try ChangelogDocument(parsing: Array(unreleased.utf8), file: "F").unreleased,
            acceptedClaims: accepting)
    }

    @Test func nothingIsNothing() throws {
        let decision = try Self.decide()
        #expect(decision.step == .none && decision.reasons.isEmpty && decision.refused.isEmpty)
        #expect(decision.step.next(after: SemanticVersion(1, 2, 3)) == SemanticVersion(1, 2, 3))
    }

    @Test func packagesDecide() throws {
        let (one, two) = (try Fixture.locked("a-a", "1"), try Fixture.locked("a-a", "2"))
        let other = try Fixture.locked("b-b", "1")
        func step(_ old: [LockedPackage], _ new: [LockedPackage], codename: String = "bookworm") throws -> VersionStep {
            try Self.decide(Self.changes(Fixture.lock(old), Fixture.lock(new, codename: codename))).step
        }
        #expect(try step([one], [two]) == .patch)
        #expect(try step([two], [one]) == .minor)
        #expect(try step([one], [two, other]) == .minor)
        #expect(try step([one, other], [one]) == .minor)
        #expect(try step([one], [one], codename: "trixie") == .major)
    }

    @Test(arguments: [
        ("1.2.3", "1.2.4", VersionStep.patch), ("1.2.3", "1.3.0", .minor), ("1.2.3", "2.0.0", .minor),
        ("1.2.4", "1.2.3", .minor), ("1.2.3", "1.2.3", .minor), ("nightly", "nightlier", .minor),
    ])
    func agentsDecide(_ old: String, _ new: String, _ step: VersionStep) throws {
        func lock(_ version: String, _ salt: UInt8) -> VersionsLock {
            Fixture.lock(
                [],
                artifacts: [
                    LockedArtifact(
                        name: "agent", version: version, platform: "linux/amd64", url: "https://example.org",
                        sha256: Digest(of: [salt]), size: nil)
                ])
        }
        let decision = try Self.decide(Self.changes(lock(old, 1), lock(new, 2)))
        #expect(decision.step == step)
        #expect(
            decision.reasons.map(\.text) == [old == new ? "agent 1.2.3, published again" : "agent \(old) -> \(new)"])
    }

    @Test func weakeningsAreRefusedUntilAllTheirClaimsAreNamed() throws {
        let weak = Self.hardening { $0.capabilities.insert(.netRaw) }
        let refused = try Self.decide(to: weak)
        #expect(refused.claimsToAccept == ["C08", "C23"])
        #expect(try Self.decide(to: weak, accepting: ["C23"]).claimsToAccept == ["C08", "C23"])
        let accepted = try Self.decide(to: weak, accepting: ["C08", "C23"])
        #expect(accepted.refused.isEmpty && accepted.accepted.count == 1 && accepted.step == .minor)
        #expect(
            accepted.reasons.map(\.text) == [
                "hardening weaker: standard: capability NET_RAW: dropped -> held (C08, C23)"
            ])
        let stronger = try Self.decide(from: weak, to: Self.hardening())
        #expect(stronger.refused.isEmpty && stronger.step == .minor)
    }

    @Test(arguments: [
        ("### Fixed\n- x\n", VersionStep.patch), ("### Security\n- x\n", .patch), ("### Added\n- x\n", .minor),
        ("### Changed\n- x\n### Fixed\n- y\n", .minor), ("### Whatever\n- x\n", .minor), ("### Added\n\n", .none),
        ("### Fixed\n- **Breaking:** x\n", .major), ("### Removed\n- Breaking: x\n", .major),
    ])
    func wordsDecide(_ groups: String, _ step: VersionStep) throws {
        #expect(try Self.decide(unreleased: "## [Unreleased]\n\(groups)").step == step)
    }

    @Test(arguments: [
        ("codename: bookworm", "codename: trixie", VersionStep.major), ("vim", "emacs-nox", .minor),
        ("    - nano\n", "    - nano=7.2-1\n", .minor),
        ("    - nano\n", "    - {name: nano, recommends: true}\n", .minor),
        ("    - nano\n", "    - nano\n    - {exclude: perl-doc, reason: big}\n", .minor),
        ("\nversion: ", "\nversion: 9", .none), ("interval: 30s", "interval: 60s", .minor),
    ])
    func definitionsDecide(_ old: String, _ new: String, _ step: VersionStep) throws {
        let changes = DefinitionChange.changes(from: try Self.image(), to: try Self.image([(old, new)]))
        let decision = try Self.decide(definition: changes)
        #expect(decision.step == step, "\(changes)")
    }

    private static let node = """
        \nprograms:
          - name: node
            version: 24.22.3
            license: MIT
            form: tar.xz
            to: /opt/node
            links: [bin/node]
            artifacts:
              linux/amd64: {url: "https://example.org/a", sha256: \(Digest(of: [1]).hex)}
              linux/arm64: {url: "https://example.org/b", sha256: \(Digest(of: [2]).hex)}

        """

    @Test(arguments: [
        ("/opt/node", "/usr/local/lib/node", ["node has another place"], VersionStep.minor),
        ("24.22.3", "26.0.0", ["node 26.0.0 is a new major version"], .minor), ("24.22.3", "24.23.0", [], .none),
        ("license: MIT", "license: ISC", ["the description of node changed"], .patch),
    ])
    func programsDecide(_ old: String, _ new: String, _ texts: [String], _ step: VersionStep) throws {
        let text = String(decoding: try Data(contentsOf: Self.root.appending(path: "image/image.yaml")), as: UTF8.self)
        let head = text[..<(try #require(text.firstRange(of: "\nagent:\n"))).lowerBound]
        func definition(_ programs: String) throws -> ImageDefinition {
            try ImageDefinition(parsing: head + programs, file: "image.yaml")
        }
        let changes = DefinitionChange.changes(
            from: try definition(Self.node), to: try definition(Self.node.replacing(old, with: new)))
        #expect(changes.map(\.text) == texts)
        #expect(try Self.decide(definition: changes).step == step)
    }

    @Test("Agent and programs reworded: no change")
    func rewordedAgent() throws {
        let text = String(decoding: try Data(contentsOf: Self.root.appending(path: "image/image.yaml")), as: UTF8.self)
        let start = try #require(text.firstRange(of: "\nagent:\n"))
        let agent = text[start.upperBound...].split(separator: "\n").filter { !$0.contains("mode:") }
        let reworded = agent.enumerated().map { "  \($0 == 0 ? "-" : " ") \($1.dropFirst(2))" }
        let after =
            text[..<start.lowerBound] + "\nprograms:\n"
            + (reworded + ["    agent: true", "    form: tar"]).joined(separator: "\n") + "\n"
        let definitions = try [text, after].map { try ImageDefinition(parsing: $0, file: "image.yaml") }
        #expect(definitions[0].inputsDigest == definitions[1].inputsDigest)
        #expect(DefinitionChange.changes(from: definitions[0], to: definitions[1]).isEmpty)
    }

    @Test func whatIsChosenDecidesAndIsSaid() throws {
        let (old, name) = (Fixture.lock([try Fixture.locked("a-a", "1")]), try PackageName("a-a"))
        var new = old
        new.choices = LockedChoices(
            pins: [LockedPin(name: name, version: try DebianVersion("1"), security: try DebianVersion("2"))],
            exclusions: [LockedExclusion(name: try PackageName("b-b"), reason: "big")])
        let changes = Self.changes(old, new)
        #expect(try Self.decide(changes).reasons.map(\.text) == ["a-a is pinned at 1", "b-b is left out: big"])
        let notes = ReleaseNotes(of: UpdateReport(changes: changes, findings: [], consulted: []))
        #expect(notes.entries[.changed] == ["Packages: a-a is pinned at 1", "Packages: b-b is left out: big"])
        #expect(
            notes.entries[.security] == ["Not taken: a-a is pinned at 1; the newer security version 2 exists."])
    }

    @Test func theLargestStepWins() throws {
        let (old, new) = (try Fixture.locked("a-a", "1"), try Fixture.locked("a-a", "2"))
        let decision = try Self.decide(
            Self.changes(Fixture.lock([old]), Fixture.lock([new])), unreleased: "## [Unreleased]\n### Added\n- x\n")
        #expect(decision.reasons.map(\.step) == [.minor, .patch])
        #expect(decision.step.next(after: SemanticVersion(1, 2, 3)) == SemanticVersion(1, 3, 0))
        #expect(VersionStep.major.next(after: SemanticVersion(1, 2, 3)) == SemanticVersion(2, 0, 0))
        #expect(VersionStep.patch.next(after: SemanticVersion(1, 2, 3)) == SemanticVersion(1, 2, 4))
    }

    @Test(arguments: ["1.2", "1.2.3.4", "01.2.3", "1.2.-3", "1.2.3-rc1", "", "1..3", "v1.2.3", "1.2.9999999999"])
    func versionsAreThreeNumbers(_ text: String) {
        #expect(throws: SemanticVersionError.self) { try SemanticVersion(text) }
    }
}
