// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Debian
import Foundation
import Lockfile
import SystemPackage
import Testing

/// Packages built by dpkg-deb, and locks of them.
final class Fixture: PackageFileReading {
    let directory: FilePath

    init() throws {
        directory = FilePath(NSTemporaryDirectory()).appending("changes-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
    }

    deinit { try? Files.removeTree(directory) }

    func files(of packages: [LockedPackage]) async throws -> [Digest: FilePath] {
        try Dictionary(
            packages.map { package in
                let file = directory.appending(package.sha256.hex)
                guard Files.exists(file) else { throw Missing(name: package.name.text) }
                return (package.sha256, file)
            }, uniquingKeysWith: { first, _ in first })
    }

    func fileIfThere(of package: LockedPackage) async throws -> FilePath? {
        let file = directory.appending(package.sha256.hex)
        return Files.exists(file) ? file : nil
    }

    struct Missing: Error { let name: String }

    /// A package whose documentation is created by `documents`, a shell command that runs in its `usr/share/doc`.
    func package(
        _ name: String, _ version: String, source: String? = nil, sourceVersion: String? = nil, fields: String = "",
        documents: String
    ) throws -> LockedPackage {
        let build = directory.appending("build-\(Files.uniqueSuffix())")
        try Files.makeDirectories(build)
        let control = """
            Package: \(name)
            Version: \(version)
            Architecture: amd64
            Maintainer: M <m@example.org>
            \(fields)Description: \(name)

            """
        try Files.makeDirectories(build.pushing("p/DEBIAN"))
        try Files.write(Array(control.utf8), to: build.pushing("p/DEBIAN/control"))
        try shell(
            "mkdir -p p/usr/share/doc; cd p/usr/share/doc; \(documents); cd \(build)/; "
                + "dpkg-deb --root-owner-group -Zgzip -b p p.deb > /dev/null", in: build)
        let bytes = try Files.read(build.appending("p.deb"), limit: 1 << 24)
        let locked = try Self.locked(
            name, version, source: source, sourceVersion: sourceVersion, digest: Digest(of: bytes),
            size: UInt64(bytes.count))
        try Files.write(bytes, to: directory.appending(locked.sha256.hex))
        try Files.removeTree(build)
        return locked
    }

    /// A package whose file is not available.
    static func locked(
        _ name: String, _ version: String, source: String? = nil, sourceVersion: String? = nil, digest: Digest? = nil,
        size: UInt64 = 1
    ) throws -> LockedPackage {
        LockedPackage(
            name: try PackageName(name), version: try DebianVersion(version), architecture: "amd64",
            source: try PackageName(source ?? name), sourceVersion: try DebianVersion(sourceVersion ?? version),
            sha256: digest ?? Digest(of: "\(name) \(version)".utf8), size: size, installedSize: 1,
            path: "pool/main/\(name).deb", base: "debian", tier: .stable, reason: "asked")
    }

    static func lock(
        _ packages: [LockedPackage], codename: String = "bookworm", artifacts: [LockedArtifact] = []
    ) -> VersionsLock {
        VersionsLock(
            codename: codename, snapshot: "2031-11-22T02:09:05Z", inputs: Digest(of: [1]), archives: [],
            architectures: ["amd64": packages], artifacts: artifacts)
    }

    /// A shell command that installs a fixture as the compressed changelog of `package`.
    static func changelog(_ fixture: String, for package: String, as file: String = "changelog.Debian") throws -> String
    {
        "mkdir -p \(package); gzip -9n < '\(try path(fixture))' > '\(package)/\(file).gz'"
    }

    static func path(_ fixture: String) throws -> String {
        let directory = try #require(Bundle.module.resourcePath)
        return "\(directory)/Fixtures/\(fixture)"
    }

    func shell(_ line: String, in directory: FilePath) throws {
        struct Failed: Error { let line: String }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-euo", "pipefail", "-c", "umask 022; \(line)"]
        process.currentDirectoryURL = URL(fileURLWithPath: directory.string)
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(line: line) }
    }
}
