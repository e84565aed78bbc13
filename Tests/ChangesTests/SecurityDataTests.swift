// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Debian
import Lockfile
import Testing

/// The tracker's snapshot and the lists of advisories as additional evidence.
@Suite struct SecurityDataTests {
    private static let tracker = """
        {"aaa": {"CVE-2031-1": [{"x\\"}": "]"}]},
         "openssl": {
          "CVE-2031-28387": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "3.9.2-1~deb12u2"}}},
          "CVE-2031-28389": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "3.9.1-1~deb12u1"}}},
          "CVE-2031-70001": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "3.9.2-1~deb12u2"}}},
          "CVE-2031-70002": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "0"}}},
          "CVE-2031-70003": {"releases": {"bookworm": {"status": "open"}}},
          "CVE-2031-70004": {"releases": {"trixie": {"status": "resolved", "fixed_version": "3.9.2-1~deb12u2"}}},
          "TEMP-0000000-AAAAAA": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "3.9.2-1~deb12u2"}}}
         }, "zzz": 1}
        """

    private static let list = """
        [03 Sep 2031] DLA-4321-2 openssl - regression update
        \t[bookworm] - openssl 3.9.2-1~deb12u2
        [02 Sep 2031] DLA-4321-1 openssl - security update
        \t{CVE-2031-28387 CVE-2031-70005}
        \t[bullseye] - openssl 1.1.1
        \t[bookworm] - openssl 3.9.2-1~deb12u2
        \tNOTE: whatever
        [01 Aug 2031] DLA-4300-1 openssl - security update
        \t{CVE-2031-11187}
        \t[bookworm] - openssl 3.9.1-1~deb12u2
        [01 Aug 2031] DLA-4299-1 openssl - security update
        \t[bookworm] - openssl <not-affected>

        """

    private static func finding(_ data: SecurityData) async throws -> SourceFinding {
        let fixture = try Fixture()
        let new = try fixture.package(
            "libssl3", "3.9.2-1~deb12u2", source: "openssl",
            documents: try Fixture.changelog("openssl", for: "libssl3"))
        let old = try Fixture.locked("libssl3", "3.9.2-1~deb12u1", source: "openssl")
        return try await AnalystTests.finding(fixture, from: old, to: [new], data: data)
    }

    private static func file(_ text: String) -> SecurityData.File { .init(name: "file", bytes: Array(text.utf8)) }

    @Test func trackerConfirmsAddsAndDisputes() async throws {
        let finding = try await Self.finding(SecurityData(tracker: Self.file(Self.tracker), advisories: [:]))
        let cves = Dictionary(uniqueKeysWithValues: finding.cves.map { ($0.id.description, $0.confidence) })
        #expect(cves == ["CVE-2031-28387": .high, "CVE-2031-28389": .low, "CVE-2031-70001": .medium])
        let earlier = UpdateCase.version("3.9.1-1~deb12u1")
        #expect(finding.remarks == [.disputed(AnalystTests.cve("CVE-2031-28389"), trackerSays: earlier)])
    }

    @Test func advisoriesAreNamed() async throws {
        let data = SecurityData(tracker: nil, advisories: [.longTermSupport: Self.file(Self.list)])
        #expect(data.consulted == [ConsultedFile(kind: "DLA", digest: Digest(of: Self.list.utf8))])
        let finding = try await Self.finding(data)
        #expect(finding.advisories.map(\.id.description) == ["DLA-4321-1", "DLA-4321-2"])
        #expect(finding.advisories.map(\.isRegression) == [false, true])
        let cves = Dictionary(uniqueKeysWithValues: finding.cves.map { ($0.id.description, $0.confidence) })
        #expect(cves == ["CVE-2031-28387": .high, "CVE-2031-28389": .medium, "CVE-2031-70005": .medium])
    }

    @Test(arguments: [
        "", "[]", "{", "{\"openssl\": {", "{\"openssl\": {]}", "{\"openssl\": }", "{\"openssl\": {\"a\": 1.5}}",
        "{\"openssl\": {}", "{\"openssl\" {}}", "{\"open", "{\"openssl\": \"\\", "{,}",
    ])
    func brokenSnapshotsAreRefused(_ text: String) async throws {
        await #expect {
            _ = try await Self.finding(SecurityData(tracker: Self.file(text), advisories: [:]))
        } throws: { if case .tracker(let file, _) = $0 as? ChangesError { file == "file" } else { false } }
    }

    @Test func brokenListsAreRefused() async throws {
        let data = SecurityData(tracker: nil, advisories: [.securityTeam: Self.file("<html>\n")])
        await #expect {
            _ = try await Self.finding(data)
        } throws: {
            if case .advisories("file", let text) = $0 as? ChangesError { text.contains("line 1") } else { false }
        }
    }

    @Test(arguments: [
        ("CVE-2024-0001", "CVE-2024-0001"), ("cve-2024-123456", "CVE-2024-123456"), ("CVE-2024-1", nil),
        ("CVE-24-1234", nil), ("CVE-2024-12a4", nil), ("CVE-2024-1234-5", nil), ("CVE-1024-1234", nil),
    ])
    func names(_ text: String, _ written: String?) { #expect(CVEIdentifier(text)?.description == written) }
}
