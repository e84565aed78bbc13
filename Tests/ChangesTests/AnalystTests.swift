// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Debian
import Lockfile
import Testing

/// One update of one source, and the expected findings.
struct UpdateCase: Sendable, CustomTestStringConvertible {
    let fixture: String
    let old: String
    let new: String
    /// The vulnerabilities with their confidence.
    let cves: [String: Confidence]
    /// The dismissed mentions with their reasons.
    var dismissed: [String: DismissedMention.Reason] = [:]
    var remarks: [FindingRemark] = []
    var isSecurity = true

    var testDescription: String { "\(fixture) \(old) -> \(new)" }

    static func version(_ text: String) -> DebianVersion {
        do { return try DebianVersion(text) } catch { preconditionFailure("\(text) is no version") }
    }
}

@Suite struct AnalystTests {
    private static let cases = [
        UpdateCase(
            fixture: "openssl", old: "3.9.2-1~deb12u1", new: "3.9.2-1~deb12u2",
            cves: ["CVE-2031-28387": .medium, "CVE-2031-28389": .medium]),
        // Entries of unstable are below, and sort after it in dpkg's order; one vulnerability was already fixed in
        // stable.
        UpdateCase(
            fixture: "openssl", old: "3.9.1-1~deb12u2", new: "3.9.2-1~deb12u1", cves: ["CVE-2031-15467": .medium],
            dismissed: ["CVE-2031-11187": .namedBefore(UpdateCase.version("3.9.1-1~deb12u2"))]),
        UpdateCase(
            fixture: "glibc", old: "2.66-9+deb12u8", new: "2.66-9+deb12u9", cves: ["CVE-2031-8058": .medium],
            dismissed: [
                "CVE-2031-33599": .upstreamed, "CVE-2031-33601": .upstreamed, "CVE-2031-33602": .upstreamed,
            ]),
        UpdateCase(
            fixture: "glibc", old: "2.66-9+deb12u7", new: "2.66-9+deb12u8",
            cves: ["CVE-2031-33599": .medium, "CVE-2031-33601": .medium, "CVE-2031-33602": .medium]),
        UpdateCase(
            fixture: "curl", old: "7.99.1-10+deb12u2", new: "7.99.1-10+deb12u3",
            cves: [
                "CVE-2031-10148": .medium, "CVE-2031-14524": .medium, "CVE-2031-14819": .medium,
                "CVE-2031-14820": .medium,
            ], dismissed: ["CVE-2031-27534": .regression]),
        UpdateCase(
            fixture: "curl", old: "7.99.1-10+deb12u1", new: "7.99.1-10+deb12u2", cves: ["CVE-2031-0167": .medium]),
        UpdateCase(
            fixture: "less", old: "590-2.1~deb12u2", new: "590-2.1~deb12u3", cves: [:],
            remarks: [.silentSecurityUpload(UpdateCase.version("590-2.1~deb12u3"))]),
        UpdateCase(
            fixture: "librsvg", old: "2.54.5+dfsg-1", new: "2.54.7+dfsg-1~deb12u1",
            cves: ["CVE-2031-38633": .medium]),
        UpdateCase(
            fixture: "trimmed", old: "1.3-1", new: "1.4-2", cves: ["CVE-2031-1111": .low],
            remarks: [.trimmed(UpdateCase.version("1.4-1"))]),
        UpdateCase(
            fixture: "reverted", old: "1.0-1+deb12u1", new: "1.0-1+deb12u3", cves: ["CVE-2031-5555": .medium],
            dismissed: [
                "CVE-2031-2222": .reverted, "CVE-2031-4444": .regression, "CVE-2031-3333": .unaffected,
                "CVE-2031-7777": .record,
            ], remarks: [.reopened(AnalystTests.cve("CVE-2031-2222"))]),
        UpdateCase(
            fixture: "openssl", old: "3.9.2-1~deb12u2", new: "4.0-1", cves: [:],
            remarks: [.foreignChangelog(newest: UpdateCase.version("3.9.2-1~deb12u2"))], isSecurity: false),
    ]

    static func cve(_ text: String) -> CVEIdentifier {
        guard let id = CVEIdentifier(text) else { preconditionFailure("\(text) is no name") }
        return id
    }

    /// The only finding of an update of one package.
    static func finding(
        _ fixture: Fixture, from old: LockedPackage, to new: [LockedPackage], data: SecurityData = .none
    ) async throws -> SourceFinding {
        let others = new.filter { $0.name != old.name }
        let report = try await ChangeAnalyst(files: fixture, data: data)
            .report(from: Fixture.lock([old] + others), to: Fixture.lock(new))
        try #require(report.findings.count == 1)
        return report.findings[0]
    }

    @Test(arguments: cases) func changelogsAreUnderstood(_ update: UpdateCase) async throws {
        let fixture = try Fixture()
        let name = "lib\(update.fixture)"
        let new = try fixture.package(
            name, update.new, source: update.fixture, documents: try Fixture.changelog(update.fixture, for: name))
        let old = try Fixture.locked(name, update.old, source: update.fixture)
        let finding = try await Self.finding(fixture, from: old, to: [new])
        let cves = Dictionary(uniqueKeysWithValues: finding.cves.map { ($0.id.description, $0.confidence) })
        #expect(cves == update.cves)
        #expect(finding.remarks == update.remarks)
        #expect(finding.isSecurity == update.isSecurity)
        let dismissed = Dictionary(finding.dismissed.map { ($0.id.description, $0.reason) }) { first, _ in first }
        #expect(dismissed == update.dismissed)
    }

    /// `g++` has a link to the directory of `cpp`, a package of the same source, and its version differs from that of
    /// the source.
    @Test func directoryOfAnotherPackageIsFollowed() async throws {
        let fixture = try Fixture()
        let names = (source: "gcc-defaults", old: "1.203", new: "1.204")
        let linked = try fixture.package(
            "g++", "4:12.2.1-1", source: names.source, sourceVersion: names.new, documents: "ln -s cpp g++")
        let carrier = try fixture.package(
            "cpp", "4:12.2.1-1", source: names.source, sourceVersion: names.new,
            documents: try Fixture.changelog("gcc-defaults", for: "cpp") + "; head -c 9000 /dev/urandom > cpp/bulk")
        let old = try Fixture.locked("g++", "4:12.2.0-3", source: names.source, sourceVersion: names.old)
        let finding = try await Self.finding(fixture, from: old, to: [linked, carrier])
        #expect(finding.cves.map(\.id.description) == ["CVE-2031-4039"])
        // A package without documentation: a package of the same source and version is used.
        let empty = try fixture.package(
            "g++", "4:12.2.1-1", source: names.source, sourceVersion: names.new, documents: "mkdir g++")
        #expect(try await Self.finding(fixture, from: old, to: [empty, carrier]).cves == finding.cves)
        #expect(try await Self.finding(fixture, from: old, to: [empty]).remarks == [.noChangelog])
    }

    @Test func nativePackagesHaveTheOtherName() async throws {
        let fixture = try Fixture()
        let new = try fixture.package(
            "needless", "2.6.2", documents: try Fixture.changelog("native", for: "needless", as: "changelog"))
        let finding = try await Self.finding(fixture, from: try Fixture.locked("needless", "2.6.1"), to: [new])
        #expect(finding.cves.map(\.id.description) == ["CVE-2031-3374"])
    }

    /// Only sources that are linked into the package count, and only if they were fixed.
    @Test func rebuildsCountByWhatIsLinkedIn() async throws {
        let fixture = try Fixture()
        let libc = try fixture.package(
            "libc6", "2.66-9+deb12u9", source: "glibc", documents: try Fixture.changelog("glibc", for: "libc6"))
        func shell(_ name: String, _ build: Int, using glibc: String?) throws -> LockedPackage {
            try fixture.package(
                name, "5.2-2+b\(build)", source: "bash", sourceVersion: "5.2-2",
                fields: glibc.map { "Built-Using: glibc (= \($0))\n" } ?? "", documents: "true")
        }
        let old = [try shell("bash-static", 8, using: "2.66-9+deb12u7"), try shell("bash", 8, using: nil)]
        let new = [try shell("bash-static", 9, using: "2.66-9+deb12u8"), try shell("bash", 9, using: nil)]
        let analyst = ChangeAnalyst(files: fixture)
        let report = try await analyst.report(from: Fixture.lock(old + [libc]), to: Fixture.lock(new + [libc]))
        let finding = try #require(report.findings.first)
        #expect(finding.update.isRebuild)
        #expect(finding.cves.map(\.id.description) == ["CVE-2031-33599", "CVE-2031-33601", "CVE-2031-33602"])
        #expect(finding.cves.allSatisfy { $0.confidence == .low })
        let notes = ReleaseNotes(of: report).entries
        #expect(
            notes == [
                .security: [
                    "Rebuilt against glibc 2.66-9+deb12u8 (CVE-2031-33599, CVE-2031-33601, CVE-2031-33602): "
                        + "bash-static 5.2-2+b8 -> 5.2-2+b9"
                ], .changed: ["Rebuilt: bash 5.2-2+b8 -> 5.2-2+b9"],
            ])
        // The shell that is only linked dynamically has no fixes.
        let plain = try await analyst.report(from: Fixture.lock([old[1], libc]), to: Fixture.lock([new[1], libc]))
        #expect(plain.findings.map(\.isSecurity) == [false])
        #expect(plain.findings.map(\.remarks) == [[.plainRebuild]])
        // Without the old package, the previously linked version is unknown: no vulnerability is reported.
        let gone = try Fixture.locked("bash-static", "5.2-2+b7", source: "bash", sourceVersion: "5.2-2")
        let unknown = try await analyst.report(from: Fixture.lock([gone, libc]), to: Fixture.lock([new[0], libc]))
        #expect(unknown.findings.map { $0.rebuiltParts.map(\.old) } == [[nil]])
        #expect(unknown.findings.map(\.isSecurity) == [false])
    }

    @Test func kernelHeadersHaveNoKernel() async throws {
        let fixture = try Fixture()
        let new = try fixture.package(
            "linux-libc-dev", "3.9.2-1~deb12u2", source: "linux",
            documents: try Fixture.changelog("openssl", for: "linux-libc-dev"))
        let old = try Fixture.locked("linux-libc-dev", "3.9.2-1~deb12u1", source: "linux")
        let finding = try await Self.finding(fixture, from: old, to: [new])
        #expect(finding.cves.isEmpty && !finding.isSecurity)
        #expect(finding.dismissed.map(\.reason) == [.kernel, .kernel])
    }

    @Test func otherSourcesAndWaysBackClaimNothing() async throws {
        let fixture = try Fixture()
        let log = try Fixture.changelog("openssl", for: "libssl")
        let new = try fixture.package("libssl", "3.9.2-1~deb12u1", source: "openssl", documents: log)
        let renamed = try Fixture.locked("libssl", "3.0-1", source: "libressl")
        #expect(try await Self.finding(fixture, from: renamed, to: [new]).remarks == [.otherSource])
        let later = try Fixture.locked("libssl", "3.9.2-1~deb12u2", source: "openssl")
        let back = try await Self.finding(fixture, from: later, to: [new])
        #expect(back.update.isBackwards && !back.isSecurity)
    }
}
