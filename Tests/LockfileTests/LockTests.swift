// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Foundation
import Lockfile
import Testing

@Suite struct LockTests {
    static func package(_ name: String, _ version: String = "1.0-1") throws -> LockedPackage {
        LockedPackage(
            name: try PackageName(name), version: try DebianVersion(version), architecture: "all",
            source: try PackageName(name), sourceVersion: try DebianVersion(version), sha256: Digest(of: name.utf8),
            size: 7,
            installedSize: 21, path: "pool/main/\(name)_1.0-1_all.deb", base: "debian", tier: .stable, reason: "asked")
    }

    static func lock(_ packages: [LockedPackage]) -> VersionsLock {
        VersionsLock(
            codename: "bookworm", snapshot: "2026-11-22T02:09:05Z", inputs: Digest(of: [1]),
            archives: [
                LockedArchive(
                    id: "bookworm", base: "debian", inRelease: Digest(of: [2]), date: "2026-07-11T10:16:37Z",
                    signer: "AB12")
            ],
            architectures: ["amd64": packages, "arm64": []],
            artifacts: [
                LockedArtifact(
                    name: "agent", version: "1", platform: "linux/amd64", url: "https://example.org/a",
                    sha256: Digest(of: [3]),
                    size: nil)
            ])
    }

    @Test func readsBackWhatItWrote() throws {
        let lock = LockTests.lock([try LockTests.package("zsh"), try LockTests.package("bash")])
        let bytes = lock.serialized()
        #expect(try VersionsLock(parsing: bytes, file: "versions.lock") == lock)
        #expect(lock.epoch == 1_795_313_345)
        #expect(bytes.last == UInt8(ascii: "\n"))
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.filter { $0.contains("pool/main") }.count == 2)
        let found = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        #expect(found?["codename"] as? String == "bookworm")
    }

    @Test("the digest of the packages is kept, and tells of a changed one") func selection() throws {
        let lock = LockTests.lock([try LockTests.package("zsh"), try LockTests.package("bash")]).sealed()
        var read = try VersionsLock(parsing: lock.serialized(), file: "versions.lock")
        #expect(read == lock && read.selection == read.packagesDigest)
        read.architectures["amd64"]?[0].size = 8
        #expect(read.selection != read.packagesDigest)
        #expect(LockTests.lock([]).selection == nil)
    }

    @Test("pins, exclusions and packages from snapshots") func choices() throws {
        var package = try LockTests.package("bash")
        package.snapshot = "2025-01-02T03:04:05Z"
        package.isEssential = true
        var lock = LockTests.lock([package])
        let plain = lock
        lock.choices = LockedChoices(
            pins: [
                LockedPin(name: package.name, version: package.version),
                LockedPin(name: try PackageName("aa"), version: package.version, security: try DebianVersion("2")),
            ], exclusions: [LockedExclusion(name: try PackageName("perl-doc"), reason: "it is \"big\"")],
            repositories: [
                LockedRepository(
                    name: "example", uri: "https://example.org/debian", suite: "stable", components: ["main"],
                    packages: [package.name], inRelease: Digest(of: [7]), date: "2026-07-11T10:16:37Z", signer: "AB")
            ])
        lock.architectures["amd64"]?[0].base = "example"
        let bytes = lock.serialized()
        #expect(try VersionsLock(parsing: bytes, file: "versions.lock") == lock)
        let keys = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("  \"") }
            .compactMap { $0.split(separator: "\"").dropFirst().first.map(String.init) }
        #expect(keys == keys.sorted() && keys.contains("pins") && keys.contains("exclusions"))
        #expect(lock.choices.warnings == ["aa is pinned at 1.0-1; the newer security version 2 exists."])
        #expect(
            lock.choiceChanges(from: plain) == [
                "aa is pinned at 1.0-1", "bash is pinned at 1.0-1", "perl-doc is left out: it is \"big\"",
                "the repository example is used: https://example.org/debian stable main, signed by AB",
                "bash comes from example, not from Debian",
            ])
        #expect(
            plain.choiceChanges(from: lock) == [
                "aa is not pinned at 1.0-1 any more", "bash is not pinned at 1.0-1 any more",
                "perl-doc is not left out any more", "the repository example is not used any more",
                "bash comes from Debian, not from example",
            ])
        #expect(lock.choiceChanges(from: lock) == [])
    }

    @Test func writesSortedKeysEverywhere() throws {
        let bytes = LockTests.lock([try LockTests.package("bash")]).serialized()
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.contains("\": \"") {
            let keys = line.split(separator: "\"").enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
                .filter { line.contains("\"\($0)\": ") }
            #expect(keys == keys.sorted())
        }
    }

    @Test(arguments: [
        ("\"version\": 1\n", "\"version\": 2\n", 0), ("\"tier\": \"stable\"", "\"tier\": \"warm\"", 4),
        ("\"base\": \"debian\", \"installed", "\"base\": \"evil\", \"installed", 4), ("pool/main/bash", "../bash", 4),
        ("\"size\": 7, ", "", 4), ("\"size\": 7", "\"size\": -7", 4), ("\"size\": 7", "\"extra\": 1, \"size\": 7", 4),
        ("\"size\": 7", "\"size\": 99999999999999999999", 4), ("\"reason\"", "\"base\"", 4),
        ("\"codename\": \"bookworm\"", "\"codename\": \"\"", 14), ("2026-11-22T02", "2026-13-22T02", 16),
    ])
    func refusesWithThePlace(_ old: String, _ new: String, _ line: Int) throws {
        let text = String(decoding: LockTests.lock([try LockTests.package("bash")]).serialized(), as: UTF8.self)
        #expect(text.contains(old))
        let bytes = Array(text.replacing(old, with: new, maxReplacements: 1).utf8)
        let error = #expect(throws: LockError.self) { try VersionsLock(parsing: bytes, file: "versions.lock") }
        if line > 0 { #expect(error?.sentence.hasPrefix("versions.lock, line \(line): ") == true) }
    }

    @Test("git's conflict markers", arguments: ["<<<<<<< HEAD", "=======", ">>>>>>> theirs"])
    func conflict(_ mark: String) throws {
        let text = String(decoding: LockTests.lock([try LockTests.package("bash")]).serialized(), as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines.insert(mark, at: 3)
        let error = LockError.conflict(file: "versions.lock", line: 4)
        #expect(throws: error) {
            try VersionsLock(parsing: Array(lines.joined(separator: "\n").utf8), file: "versions.lock")
        }
        #expect(error.hint?.contains("git checkout --theirs versions.lock && opencode-docker resolve") == true)
    }

    @Test func anyDamageIsAnErrorOrALock() throws {
        let bytes = LockTests.lock([try LockTests.package("bash"), try LockTests.package("zsh")]).serialized()
        var seed: UInt64 = 7
        for _ in 0..<3_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var damaged = bytes
            damaged[Int(seed >> 33) % bytes.count] = UInt8(truncatingIfNeeded: seed >> 20)
            if seed % 5 == 0 { damaged.removeLast(Int(seed >> 40) % bytes.count) }
            _ = try? VersionsLock(parsing: damaged, file: "f")
        }
        #expect(throws: LockError.self) { try VersionsLock(parsing: Array(repeating: 91, count: 100_000), file: "f") }
    }

    @Test func differenceNamesWhatChanged() throws {
        let old = LockTests.lock([
            try LockTests.package("bash"), try LockTests.package("dash"), try LockTests.package("vim"),
        ])
        let new = LockTests.lock([
            try LockTests.package("bash", "2.0"), try LockTests.package("vim"), try LockTests.package("zsh"),
        ])
        let changes = new.difference(from: old)
        #expect(changes.map(\.name.text) == ["bash", "dash", "zsh"])
        #expect(changes[0].kind == .upgraded(from: try DebianVersion("1.0-1"), to: try DebianVersion("2.0")))
        #expect(changes[1].kind == .removed(try DebianVersion("1.0-1")))
        #expect(changes[2].kind == .added(try DebianVersion("1.0-1")))
        #expect(new.difference(from: new).isEmpty)
    }
}
