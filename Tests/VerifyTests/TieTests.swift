// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Foundation
import ImageDefinition
import SystemPackage
import Testing
import Verify
import Yams

/// SECURITY.md, the list of claims, the catalogue and the probe must agree.
@Suite struct TieTests {
    @Test func everyClaimIsInSecurityPolicyOnce() throws {
        let text = try Repository.text("SECURITY.md")
        let marks = text.matches(of: /<!-- claim: (C[0-9]{2}) -->/).map { String($0.1) }
        #expect(marks.sorted() == (try Repository.claims()).map(\.id))
    }

    @Test func claimsAreNumberedWithoutAGap() throws {
        let numbered = (1...27).map { $0 < 10 ? "C0\($0)" : "C\($0)" }
        #expect((try Repository.claims()).map(\.id) == numbered)
    }

    @Test func everyProbeOfAClaimExpectsSomething() throws {
        let named = Set(try Repository.claims().flatMap(\.probes))
        #expect(named.subtracting(Recorded.catalogue.evidence).sorted() == [])
    }

    /// Except for probes that no weakening turns red: these belong to no claim, with a documented reason.
    @Test func everyExpectationCarriesAClaim() throws {
        let named = Set(try Repository.claims().flatMap(\.probes))
        #expect(Recorded.catalogue.evidence.subtracting(named) == Evidence.watched)
        #expect(named.isDisjoint(with: Evidence.watched))
    }

    /// A claim that no container can show names existing tests of the program.
    @Test func everyClaimIsShown() throws {
        for claim in try Repository.claims() {
            #expect(!claim.probes.isEmpty || !claim.tests.isEmpty, "\(claim.id)")
            for test in claim.tests { #expect(Repository.hasTest(test), "\(claim.id) \(test)") }
        }
    }

    /// The table of mistakes in docs/security-model.md: fifteen rows, each with existing evidence, or not promised in
    /// words that SECURITY.md contains.
    @Test func mistakesAreEachAClaimOrNotPromised() throws {
        let rows = try Repository.text("docs/security-model.md").split(separator: "\n").filter { $0.hasPrefix("| U") }
        #expect(rows.count == 15)
        for (number, row) in rows.enumerated() {
            #expect(row.hasPrefix("| U\(number + 1) |"))
            let cells = row.replacing("\\|", with: "").split(separator: "|").map(String.init)
            try #require(cells.count == 4, "\(row)")
            let names = cells[3].matches(of: /`([^`]+)`/).map { String($0.1) }
            #expect(!names.isEmpty, "\(row)")
            for name in names {
                let evidence = Recorded.catalogue.evidence.subtracting(Evidence.watched)
                let isProbe = ProbeID(named: name).map(evidence.contains) ?? false
                #expect(isProbe || Repository.hasTest(name), "\(name)")
            }
            if let promise = cells[2].firstMatch(of: /not promised: "([^"]+)"/) {
                #expect(try Repository.prose("SECURITY.md").contains(promise.1))
            }
        }
    }

    /// The numbers in docs/security-model.md equal those of the catalogue and the recording.
    @Test func numbersOfTheSecurityModelAreTrue() throws {
        let text = try Repository.prose("docs/security-model.md")
        #expect(text.contains("the \(Recorded.catalogue.evidence.count) probes"))
        #expect(text.contains("\(Recorded.recording.mutations.count) ways to make a container weaker"))
        #expect(text.contains("there are \(Evidence.watched.count), listed"))
    }

    @Test func supportedVersionIsTheImages() throws {
        struct Document: Decodable { var version: String }
        let image = try YAMLDecoder().decode(Document.self, from: try Repository.text("image/image.yaml")).version
        let line = image.split(separator: ".").prefix(2).joined(separator: ".")
        let policy = try Repository.text("SECURITY.md")
        let supported = policy.matches(of: /\| ([0-9.]+)\.x \| yes \|/).map { String($0.1) }
        #expect(supported == [line])
    }

    /// Promises that only the text can make must stay in the text.
    @Test(arguments: [
        "in private", "Report a vulnerability", "within three working days", "90 days at the latest",
        "name you in the changelog", "no legal steps against research in good faith",
    ])
    func reportingIsSaid(words: String) throws { #expect(try Repository.prose("SECURITY.md").contains(words)) }

    @Test(arguments: [
        "code that is written to do harm", "faults of the kernel or the engine", "attacks from the network",
        "someone who talks you into something",
    ])
    func whatIsNotProtectedIsSaid(words: String) throws {
        #expect(try Repository.prose("SECURITY.md").contains("not designed against"))
        #expect(try Repository.prose("SECURITY.md").contains(words))
    }

    @Test(arguments: ["A fix is a patch version", "at least a minor one", "the advisories it closes"])
    func securityUpdatesAreSaid(words: String) throws {
        #expect(try Repository.prose("SECURITY.md").contains(words))
        #expect(try Repository.text("CHANGELOG.md").contains("## [Unreleased]"))
    }

    @Test func noProbeIsNamedTwiceInAClaim() throws {
        for claim in try Repository.claims() { #expect(Set(claim.probes).count == claim.probes.count, "\(claim.id)") }
    }

    /// Asks the program that was built beside these tests.
    @Test func programAndCatalogueNameTheSame() throws {
        let program = try #require(Repository.probe, "swift build -c release --product opencode-docker-probe")
        let listed = Set(try Repository.output(of: "'\(program)' --list").split(separator: "\n").map(String.init))
        let inside = Recorded.catalogue.expectations.filter { $0.vantage != .host }.map(\.probe)
        #expect(Set(inside.filter { !Self.triedByVerify($0) }.map(\.name)).subtracting(listed).sorted() == [])
        #expect(listed.subtracting(Recorded.catalogue.probes.map(\.name)).sorted() == [])
    }

    /// Probes that the verifier itself runs inside, with programs of the image.
    static func triedByVerify(_ probe: ProbeID) -> Bool {
        (SudoProbe.all + [.workspace(.commit), .network(.dns), .network(.tls), .secret(.planted)]).contains(probe)
    }

    /// The names of a real run equal the expected ones.
    @Test func recordingAndCatalogueNameTheSame() throws {
        let catalogue = Recorded.catalogue.expectations
        let inside = Set(catalogue.filter { $0.vantage != .host }.map(\.probe)).filter { !Self.triedByVerify($0) }
        #expect(inside.subtracting(Recorded.baseline.map(\.probe)).sorted() == [])
        let observed = Set(Recorded.baseline.filter { $0.vantage != .host }.map(\.probe))
        #expect(observed.subtracting(Recorded.catalogue.probes).sorted() == [])
    }

    /// Each name belongs to one topic, and an outcome of each probe is expected.
    @Test func everyNameIsExpected() {
        #expect(Set(ProbeID.all).count == ProbeID.all.count)
        #expect(Set(ProbeID.all) == Recorded.catalogue.probes)
    }

    @Test func everyPlaceIsExpectedOnce() {
        let places = Recorded.catalogue.expectations.map { "\($0.probe) \($0.vantage)" }
        #expect(Set(places).count == places.count)
    }
}

/// Files of the repository that contains this test file.
enum Repository {
    static let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

    static func text(_ path: FilePath) throws -> String {
        String(decoding: try Files.read(root.pushing(path), limit: 1 << 20), as: UTF8.self)
    }

    /// A text with line breaks replaced by spaces.
    static func prose(_ path: FilePath) throws -> String {
        try text(path).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Whether a file below Tests/ has `name`, `Suite.function`.
    static func hasTest(_ name: String) -> Bool {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count == 2 else { return false }
        return sources.contains { source in
            ["struct", "extension"].contains { source.contains("\($0) \(parts[0]) ") }
                && source.contains("func \(parts[1])(")
        }
    }

    private static let sources: [String] = {
        let directories = (try? Files.list(root.appending("Tests"))) ?? []
        return directories.map { root.appending("Tests").appending($0) }.flatMap { directory in
            ((try? Files.list(directory)) ?? []).filter { $0.hasSuffix(".swift") }.compactMap { name in
                (try? Files.read(directory.appending(name), limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
            }
        }
    }()

    static func claims() throws -> [Claim] {
        try HardeningDefinition.load(root.appending("image")).claims
    }

    /// The probe built beside these tests: `swift test` loads them into a program of the toolchain, and passes the
    /// bundle as an argument.
    static var probe: FilePath? {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }.map {
            FilePath($0).removingLastComponent()
        }
        let directories = [bundle, root.pushing(".build/release")].compactMap { $0 }
        return directories.flatMap { [$0.appending("opencode-docker-probe"), $0.appending("Probe")] }.first(
            where: Files.exists)
    }

    /// The output of a shell command, at most 1 MiB.
    static func output(of command: String) throws -> String {
        let pipe = try #require(popen(command, "r"))
        defer { pclose(pipe) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, pipe)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
