// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Debian
import Foundation
import Lockfile
import SystemPackage
import Testing

/// Real packages of the real archive. The parser's results are compared with those of dpkg-parsechangelog.
@Suite(.serialized, .enabled(if: Files.exists("/usr/bin/dpkg-parsechangelog"), "needs dpkg-dev"), .archive)
struct RealPackagesTests {
    /// One package for each case: names first, names in prose, lists, no name, a rebuild, a binary rebuild, a version
    /// that differs from the source's, links between directories, native, and truncated.
    static let names = [
        "openssl", "libc6", "curl", "less", "librsvg2-2", "bash", "gcc", "g++", "apt", "tzdata", "libtsan2", "git",
        "unzip", "jq", "perl-base", "bash-static",
    ]

    /// The archive, and a lock of its current state.
    private static func fixture() throws -> ArchiveScope.Fixture { try #require(ArchiveScope.fixture) }

    /// All full names in the entries after `version`, according to dpkg.
    private static func namesSince(_ version: DebianVersion, in changelog: FilePath) throws -> (Set<String>, String) {
        let text = try DebianArchive.shell("dpkg-parsechangelog -l '\(changelog)' --since '\(version)' --format rfc822")
        let names = text.uppercased().matches(of: /CVE-[0-9]{4}-[0-9]{4,}/).map { String($0.output) }
        return (Set(names), text.uppercased())
    }

    /// Each reported vulnerability is in the entries that are new according to dpkg, and each one in these entries is
    /// reported or dismissed for a reason.
    private static func check(_ finding: SourceFinding, in lock: VersionsLock) async throws {
        let package = finding.update.packages[0].new
        let file = try await fixture().archive.changelog(of: package, in: lock)
        let (names, text) = try namesSince(finding.update.old, in: file)
        let title = "\(finding.update.source) \(finding.update.old) -> \(finding.update.new)"
        for cve in finding.cves {
            let number = "\(cve.id.number)"
            #expect(names.contains(cve.id.description) || text.contains("-\(number)"), "\(title): \(cve.id)")
        }
        let told = Set(finding.cves.map(\.id.description)).union(finding.dismissed.map(\.id.description))
        #expect(names.subtracting(told).isEmpty, "\(title): \(names.subtracting(told)) are not told")
    }

    /// Compares a lock without security updates with one that has them.
    @Test func securityUpdatesAreNamed() async throws {
        let (archive, new) = (try Self.fixture().archive, try Self.fixture().lock)
        let old = try await archive.lock(Self.names) { !$0.hasSuffix("-security") }
        let report = try await ChangeAnalyst(files: archive).report(from: old, to: new)
        try #require(!report.findings.isEmpty, "the security archive has nothing that the release has not")
        for finding in report.findings {
            try await Self.check(finding, in: new)
            Swift.print("\(finding.update.source): \(finding.cves.count) CVEs, \(finding.dismissed.count) left out")
        }
        let named = report.findings.reduce(0) { $0 + $1.cves.count }
        #expect(named > 0)
        // The order of mirrors does not matter: the report is the same.
        #expect(try await ChangeAnalyst(files: archive).report(from: old, to: new) == report)
    }

    /// Each package as if it had been some versions behind.
    @Test(arguments: names) func eachShapeIsUnderstood(_ name: String) async throws {
        let (archive, lock) = (try Self.fixture().archive, try Self.fixture().lock)
        let package = try #require(lock.architectures["amd64"]?.first { $0.name.text == name })
        let file = try await archive.changelog(of: package, in: lock)
        let bytes = try Files.read(file, limit: DebianChangelog.limit)
        let log = try DebianChangelog(parsing: bytes, file: name)
        try Self.compare(log, with: file, name)
        let start = try #require(log.index(of: package.sourceVersion), "\(package.sourceVersion) has no entry")
        for step in [1, 2, 5] where start + step < log.entries.count {
            var before = package
            before.version = log.entries[start + step].version
            before.sourceVersion = before.version
            before.sha256 = Digest(of: [UInt8(step)])
            guard before.version < package.sourceVersion else { continue }
            var old = lock
            old.architectures["amd64"] = lock.architectures["amd64"]?.map { $0.name == package.name ? before : $0 }
            let report = try await ChangeAnalyst(files: archive).report(from: old, to: lock)
            let finding = try #require(report.findings.first)
            #expect(!finding.remarks.contains(.noChangelog))
            try await Self.check(finding, in: lock)
        }
    }

    /// Sources, versions, distributions and urgencies of all entries.
    private static func compare(_ log: DebianChangelog, with file: FilePath, _ name: String) throws {
        let text = try DebianArchive.shell(
            "dpkg-parsechangelog -l '\(file)' --all --format rfc822 | grep -E '^(Source|Version|Distribution|Urgency): '"
        )
        let lines = text.split(separator: "\n").map(String.init)
        let ours = log.entries.flatMap { entry in
            [
                "Source: \(entry.source)", "Version: \(entry.version)",
                "Distribution: \(entry.distributions.joined(separator: " "))", "Urgency: \(entry.urgency ?? "unknown")",
            ]
        }
        #expect(ours == lines, "\(name)")
    }

    /// A rebuilt package has no fixes, unless another source is linked into it.
    @Test func rebuildsOfTheRealArchive() async throws {
        let (archive, lock) = (try Self.fixture().archive, try Self.fixture().lock)
        let package = try #require(lock.architectures["amd64"]?.first { $0.name.text == "bash" })
        try #require(package.version.text.contains("+b"))
        var before = package
        before.version = try DebianVersion(package.sourceVersion.text)
        before.sha256 = Digest(of: [1])
        var old = lock
        old.architectures["amd64"] = lock.architectures["amd64"]?.map { $0.name == package.name ? before : $0 }
        let report = try await ChangeAnalyst(files: archive).report(from: old, to: lock)
        #expect(report.findings.map(\.remarks) == [[.plainRebuild]])
        let shell = try #require(lock.architectures["amd64"]?.first { $0.name.text == "bash-static" })
        let file = try #require(try await archive.files(of: [shell])[shell.sha256])
        let parts = try DebPackage(file: file).builtUsing()
        let field = try DebianArchive.shell("dpkg-deb -f '\(file)' Built-Using")
        #expect(parts.map { "\($0) (= \($1))\n" }.joined() == field)
        guard case .found(_, let rebuilds?) = try DebPackage(file: file).changelog(of: shell.name) else {
            Issue.record("bash-static has no changelog of its rebuild")
            return
        }
        #expect(rebuilds.entries.first?.version == shell.version)
        #expect(rebuilds.entries.first?.isBinaryOnly == true)
    }
}
