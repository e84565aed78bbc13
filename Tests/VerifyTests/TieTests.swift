// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Testing
import Verify
import Yams

/// SECURITY.md, the list of claims, the catalogue and the probe speak of the same things, or a promise is empty.
@Suite struct TieTests {
    @Test func everyClaimIsInSecurityPolicyOnce() throws {
        let text = try Repository.text("SECURITY.md")
        let marks = text.matches(of: /<!-- claim: (C[0-9]{2}) -->/).map { String($0.1) }
        #expect(marks.sorted() == (try Repository.claims()).map(\.id))
    }

    @Test func claimsAreNumberedWithoutAGap() throws {
        let numbered = (1...26).map { $0 < 10 ? "C0\($0)" : "C\($0)" }
        #expect((try Repository.claims()).map(\.id) == numbered)
    }

    @Test func everyProbeOfAClaimExpectsSomething() throws {
        let named = Set(try Repository.claims().flatMap(\.probes))
        #expect(named.subtracting(Recorded.catalogue.evidence).sorted() == [])
    }

    @Test func everyExpectationCarriesAClaim() throws {
        let named = Set(try Repository.claims().flatMap(\.probes))
        #expect(Recorded.catalogue.evidence.subtracting(named).sorted() == [])
    }

    @Test func noProbeIsNamedTwiceInAClaim() throws {
        for claim in try Repository.claims() { #expect(Set(claim.probes).count == claim.probes.count, "\(claim.id)") }
    }

    /// Asks the program itself, as it was built beside these tests.
    @Test func programAndCatalogueNameTheSame() throws {
        let program = try #require(Repository.probe, "swift build -c release --product opencode-docker-probe")
        let listed = Set(try Repository.output(of: "'\(program)' --list").split(separator: "\n").map(String.init))
        let inside = Recorded.catalogue.expectations.filter { $0.vantage != .host }.map(\.probe)
        #expect(Set(inside).filter { !Self.triedByVerify($0) }.subtracting(listed).sorted() == [])
        #expect(listed.subtracting(Recorded.catalogue.probes).sorted() == [])
    }

    /// What the verifier itself does inside, with programs of the image.
    static func triedByVerify(_ probe: String) -> Bool {
        probe.hasPrefix("sudo.") || ["git.commit", "net.dns", "net.tls", "secret.planted"].contains(probe)
    }

    /// The ids as a real run saw them: a name that is there is expected, one that is expected is there.
    @Test func recordingAndCatalogueNameTheSame() throws {
        let catalogue = Recorded.catalogue.expectations
        let inside = Set(catalogue.filter { $0.vantage != .host }.map(\.probe)).filter { !Self.triedByVerify($0) }
        #expect(inside.subtracting(Recorded.baseline.map(\.probe)).sorted() == [])
        let observed = Set(Recorded.baseline.filter { $0.vantage != .host }.map(\.probe))
        #expect(observed.subtracting(Recorded.catalogue.probes).sorted() == [])
    }

    @Test func everyPlaceIsExpectedOnce() {
        let places = Recorded.catalogue.expectations.map { "\($0.probe) \($0.vantage)" }
        #expect(Set(places).count == places.count)
    }
}

/// Files of the repository that this test file lies in.
enum Repository {
    static let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

    static func text(_ path: FilePath) throws -> String {
        String(decoding: try Files.read(root.pushing(path), limit: 1 << 20), as: UTF8.self)
    }

    static func claims() throws -> [Claim] {
        struct Document: Decodable { var claims: [Claim] }
        return try YAMLDecoder().decode(Document.self, from: try text("image/hardening.yaml")).claims
    }

    /// The probe program beside these tests: `swift test` loads them into a program of the toolchain, and names the
    /// bundle in its arguments.
    static var probe: FilePath? {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }.map {
            FilePath($0).removingLastComponent()
        }
        let folders = [bundle, root.pushing(".build/release")].compactMap { $0 }
        return folders.flatMap { [$0.appending("opencode-docker-probe"), $0.appending("Probe")] }.first(
            where: Files.exists)
    }

    /// What a shell command writes, at most a mebibyte.
    static func output(of command: String) throws -> String {
        let pipe = try #require(popen(command, "r"))
        defer { pclose(pipe) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, pipe)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
