// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Debian
import Foundation
import Lockfile
import Resolve
import SystemPackage
import Testing
import Transport

/// The archive of this machine's apt, with a temporary store; and dpkg as the oracle.
final class DebianArchive: PackageFileReading {
    let root: FilePath
    let store: Store
    private let downloader: Downloader
    private let archives: [ArchiveSource]

    init() throws {
        root = FilePath(NSTemporaryDirectory()).appending("changes-archive-\(Files.uniqueSuffix())")
        store = try Store(root: root)
        downloader = Downloader(store: store)
        archives = try MachineSources.read(etcApt: "/etc/apt", codename: "bookworm").archives
    }

    deinit { try? Files.removeTree(root) }

    /// Resolves a lock of `names` from the wanted suites.
    func lock(_ names: [String], suites isWanted: (String) -> Bool = { _ in true }) async throws -> VersionsLock {
        let keyrings = try MachineSources.read(etcApt: "/etc/apt", codename: "bookworm").keyrings
        let resolver = Resolver(
            store: store, source: downloader,
            check: SignatureCheck(keyrings: keyrings.isEmpty ? [SignatureCheck.archiveKeyring] : keyrings),
            archives: archives.filter { isWanted($0.suite) },
            now: Timestamp(seconds: Int64(Date().timeIntervalSince1970)), expired: .take("in a test"))
        let request = ResolveRequest(
            codename: "bookworm", architectures: [.amd64], packages: try names.map { try PackageName($0) },
            artifacts: [], inputs: Digest(of: [1]))
        return try await resolver.resolve(request, previous: nil) { _ in }
    }

    func files(of packages: [LockedPackage]) async throws -> [Digest: FilePath] {
        let downloads = packages.map { package in
            let places = archives.filter { $0.base == package.base }.flatMap(\.addresses)
            return Download(
                name: package.name.text, urls: places.map { "\($0)/\(package.path)" }, digest: package.sha256,
                size: package.size)
        }
        _ = try await downloader.fetch(downloads, step: "fetch") { _ in }
        return Dictionary(packages.map { ($0.sha256, store.path(of: $0.sha256)) }) { first, _ in first }
    }

    func fileIfThere(of package: LockedPackage) async throws -> FilePath? {
        do { return try await files(of: [package])[package.sha256] } catch is TransportError { return nil }
    }

    /// The changelog of a source as found by dpkg, tar and zcat: in the package, or in the directory that its link
    /// points to.
    func changelog(of package: LockedPackage, in lock: VersionsLock) async throws -> FilePath {
        var package = package
        for _ in 0..<5 {
            guard let file = try await files(of: [package])[package.sha256] else { break }
            let directory = root.appending("x-\(package.name)")
            try Self.shell(
                """
                rm -rf '\(directory)'; mkdir '\(directory)'; cd '\(directory)'
                dpkg-deb --fsys-tarfile '\(file)' | tar -x --wildcards './usr/share/doc/*' || true
                """)
            let documents = "\(directory)/usr/share/doc/\(package.name)"
            let target = try Self.shell("readlink '\(documents)' || true").trimmingCharacters(in: .newlines)
            if let next = lock.architectures["amd64"]?.first(where: { $0.name.text == target }) {
                package = next
                continue
            }
            let output = root.appending("changelog-\(package.name)")
            try Self.shell(
                "cd '\(documents)'; zcat changelog.Debian.gz > '\(output)' || zcat changelog.gz > '\(output)'")
            return output
        }
        throw NoChangelog(package: package.name.text)
    }

    struct NoChangelog: Error { let package: String }

    struct Failed: Error { let line: String }

    /// Runs a shell command and returns its standard output.
    @discardableResult
    static func shell(_ line: String) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-eu", "-c", line]
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(line: line) }
        return String(decoding: output, as: UTF8.self)
    }
}

/// Provides a suite with an archive and a lock of its packages, and removes the downloads at its end.
struct ArchiveScope: SuiteTrait, TestScoping {
    struct Fixture: Sendable {
        let archive: DebianArchive
        let lock: VersionsLock
    }

    @TaskLocal static var fixture: Fixture?

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let archive = try DebianArchive()
        let fixture = Fixture(archive: archive, lock: try await archive.lock(RealPackagesTests.names))
        try await Self.$fixture.withValue(fixture) { try await function() }
    }
}

extension Trait where Self == ArchiveScope {
    static var archive: Self { Self() }
}
