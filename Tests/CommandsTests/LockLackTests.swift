// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Foundation
import ImageBuilding
import ImageDefinition
import Lockfile
import Testing

/// A lock with the definition's digest that was edited by hand.
struct ChangedLock: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout VersionsLock) throws -> Void
    /// The missing part; `nil` for a complete lock.
    let reason: String?
}

@Suite("A lock that does not satisfy its definition") struct LockLackTests {
    private static func definition() throws -> ImageDefinition {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        return try ImageDefinition.load(.init(root.appending(path: "image/image.yaml").path))
    }

    private static func package(_ name: String, reason: String = "asked") throws -> LockedPackage {
        LockedPackage(
            name: try PackageName(name), version: try DebianVersion("1"), architecture: "all",
            source: try PackageName(name), sourceVersion: try DebianVersion("1"), sha256: Digest(of: name.utf8),
            size: 1, installedSize: 1, path: "pool/main/\(name).deb", base: "debian", tier: .stable, reason: reason)
    }

    private static func lock(_ definition: ImageDefinition) throws -> VersionsLock {
        let packages =
            try definition.packageNames.map { try package($0) } + [
                try package("hostname", reason: "essential"), try package("zlib1g", reason: "needed"),
            ]
        return VersionsLock(
            codename: definition.codename, snapshot: "2031-11-22T02:09:05Z", inputs: definition.inputsDigest,
            archives: ArchiveSource.all(of: definition.codename).map {
                LockedArchive(
                    id: $0.suite, base: $0.base, inRelease: Digest(of: [1]), date: "2031-11-22T02:09:05Z", signer: "A")
            },
            architectures: ["amd64": packages, "arm64": packages],
            artifacts: definition.programs.flatMap { program in
                program.artifacts.map {
                    LockedArtifact(
                        name: program.name, version: program.version, platform: $0.key, url: $0.value.url,
                        sha256: $0.value.sha256, size: nil)
                }
            }
        ).sealed()
    }

    static let changes = [
        ChangedLock(testDescription: "nothing", change: { _ in }, reason: nil),
        ChangedLock(
            testDescription: "a name that one package provides",
            change: { lock in
                lock.architectures["arm64"]?.removeAll { $0.name.text == "tini" }
                lock.architectures["arm64"]?.append(try package("tini-static"))
                lock = lock.sealed()
            }, reason: nil),
        ChangedLock(
            testDescription: "a package", change: { $0.architectures["arm64"]?.removeAll { $0.name.text == "jq" } },
            reason: "'jq' is requested, but not locked for arm64"),
        ChangedLock(
            testDescription: "a lock without a digest of its packages", change: { $0.selection = nil }, reason: nil),
        ChangedLock(
            testDescription: "an essential package, on which nothing depends",
            change: { $0.architectures["arm64"]?.removeAll { $0.name.text == "hostname" } },
            reason: "its packages are not those that `resolve` chose"),
        ChangedLock(
            testDescription: "the version of a package",
            change: { $0.architectures["amd64"]?[3].version = try DebianVersion("2") },
            reason: "its packages are not those that `resolve` chose"),
        ChangedLock(
            testDescription: "an architecture", change: { $0.architectures["arm64"] = nil },
            reason: "its architectures are not amd64 and arm64"),
        ChangedLock(
            testDescription: "the release's name", change: { $0.codename = "trixie" },
            reason: "its archives are not those of bookworm"),
        ChangedLock(
            testDescription: "an archive", change: { $0.archives[2].id = "trixie-security" },
            reason: "its archives are not those of bookworm"),
        ChangedLock(
            testDescription: "a pin of no definition's",
            change: { lock in
                lock.choices.pins = [LockedPin(name: try PackageName("jq"), version: try DebianVersion("1"))]
            }, reason: "its pinned versions differ from the definition's"),
        ChangedLock(
            testDescription: "an exclusion of no definition's",
            change: { lock in
                lock.choices.exclusions = [LockedExclusion(name: try PackageName("perl"), reason: "big")]
            }, reason: "its exclusions differ from the definition's"),
        ChangedLock(
            testDescription: "a file of no definition's",
            change: { $0.architectures["amd64"]?[0].base = LockedPackage.localBase },
            reason: "its package files differ from the definition's"),
        ChangedLock(
            testDescription: "a repository of no definition's",
            change: { lock in
                lock.choices.repositories = [
                    LockedRepository(
                        name: "example", uri: "https://example.org", suite: "./", components: [], packages: [],
                        inRelease: Digest(of: [1]), date: "2031-11-22T02:09:05Z", signer: "A")
                ]
            }, reason: "its repositories differ from the definition's"),
        ChangedLock(
            testDescription: "the agent", change: { $0.artifacts[0].version = "1.2.3" },
            reason: "its opencode differs from the definition's"),
    ]

    @Test(arguments: changes) func lack(_ changed: ChangedLock) throws {
        let definition = try Self.definition()
        var lock = try Self.lock(definition)
        try changed.change(&lock)
        #expect(lock.lack(of: definition) == changed.reason)
    }
}
