// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Foundation
import Lockfile
import Release
import Signing
import Synchronization
import SystemPackage
import Testing
import Trust

/// Fake archives that count the requests.
private final class MadeUpArchives: ArchiveLooking {
    let lock: VersionsLock
    let indices: Digest
    private let count = Mutex((looks: 0, resolutions: 0, since: [String]()))

    init(_ lock: VersionsLock, indices: UInt8) {
        self.lock = lock
        self.indices = Digest(of: [indices])
    }

    var asked: [Int] { count.withLock { [$0.looks, $0.resolutions] } }
    /// The release files that none may be older than, call by call.
    var since: [String] { count.withLock(\.since) }

    func look(since previous: VersionsLock, progress: @escaping ProgressSink) async throws -> ArchiveLook {
        count.withLock { ($0.looks, $0.since) = ($0.looks + 1, $0.since + previous.archives.map(\.date)) }
        for archive in lock.archives where previous.archives.contains(where: { $0.date > archive.date }) {
            throw WentBack(date: archive.date)
        }
        return ArchiveLook(archives: lock.archives, indices: indices)
    }

    func resolve(from previous: VersionsLock, progress: @escaping ProgressSink) async throws -> VersionsLock {
        count.withLock { ($0.resolutions, $0.since) = ($0.resolutions + 1, $0.since + previous.archives.map(\.date)) }
        return lock
    }

    struct WentBack: Error { let date: String }
}

@Suite struct NightlyCheckTests {
    private let directory: FilePath
    private let memory: JournalDirectory
    private let released: VersionsLock
    private static let inputs = Digest(of: "inputs".utf8)

    init() throws {
        directory = FilePath(NSTemporaryDirectory()).appending("nightly-\(Files.uniqueSuffix())")
        memory = JournalDirectory(directory)
        released = try Self.lock(day: 1)
    }

    /// The lock of a day: one package, a new version of it every day.
    private static func lock(day: Int) throws -> VersionsLock {
        let time = "2026-11-0\(day)T00:00:00Z"
        let (name, version) = (try PackageName("openssl"), try DebianVersion("3.0-\(day)"))
        let package = LockedPackage(
            name: name, version: version, architecture: "amd64", source: name, sourceVersion: version,
            sha256: Digest(of: [UInt8(day)]), size: 1, installedSize: 1, path: "pool/main/o/openssl/openssl.deb",
            base: "debian", tier: .hot, reason: "asked")
        let archive = LockedArchive(
            id: "bookworm", base: "debian", inRelease: Digest(of: [UInt8(day), 0]), date: time, signer: "ABCD")
        return VersionsLock(
            codename: "bookworm", snapshot: time, inputs: inputs, archives: [archive],
            architectures: ["amd64": [package]], artifacts: [])
    }

    /// The released packages, in the archives of another day.
    private func quiet(day: Int) throws -> VersionsLock {
        var lock = released
        lock.archives = try Self.lock(day: day).archives
        return lock
    }

    /// Another machine's heartbeat, for the archives of a lock.
    private func heartbeat(_ seen: VersionsLock) throws -> Heartbeat {
        let archives = try seen.archives.map {
            Heartbeat.Archive(suite: $0.id, inRelease: $0.inRelease, date: try Timestamp($0.date))
        }
        let now = Timestamp(seconds: 1_794_000_000)
        return Heartbeat(
            repository: "r.example/i", release: Digest(of: [1]), version: SemanticVersion(1, 0, 0), checkedAt: now,
            validUntil: now, archives: archives)
    }

    private func check(_ archives: MadeUpArchives, _ heartbeat: Heartbeat? = nil) async throws -> String {
        let answer = try await NightlyCheck(archives: archives, memory: memory)
            .run(released: released, inputs: Self.inputs, heartbeat: heartbeat, progress: { _ in })
        switch answer {
        case .unchanged(let evidence, _): return evidence.rawValue
        case .changed: return "changed"
        }
    }

    @Test("the cheapest sufficient comparison is used")
    func cheapest() async throws {
        defer { try? Files.removeTree(directory) }
        let same = MadeUpArchives(released, indices: 1)
        #expect(try await check(same) == "release files")
        #expect(same.asked == [1, 0])
        let resigned = MadeUpArchives(try quiet(day: 2), indices: 1)
        #expect(try await check(resigned) == "indices")
        #expect(resigned.asked == [1, 0])
        let others = MadeUpArchives(try quiet(day: 3), indices: 2)
        #expect(try await check(others) == "packages")
        #expect(others.asked == [1, 1])
        #expect(try await check(others) == "release files")
        #expect(others.asked == [2, 1])
        let update = MadeUpArchives(try Self.lock(day: 4), indices: 3)
        #expect(try await check(update) == "changed")
        #expect(try await check(update) == "changed", "unreleased changes are not forgotten")
    }

    @Test("without a memory, as in a fresh clone, the packages themselves are compared")
    func forgetful() async throws {
        defer { try? Files.removeTree(directory) }
        let resigned = MadeUpArchives(try quiet(day: 2), indices: 1)
        #expect(try await check(resigned) == "packages")
        #expect(resigned.asked == [1, 1])
    }

    @Test("without a memory, the last heartbeat replaces it")
    func told() async throws {
        defer { try? Files.removeTree(directory) }
        let resigned = MadeUpArchives(try quiet(day: 2), indices: 1)
        #expect(try await check(resigned, try heartbeat(quiet(day: 2))) == "release files")
        #expect(resigned.asked == [1, 0])
        try memory.removeAll()
        #expect(
            try await check(MadeUpArchives(try quiet(day: 3), indices: 1), try heartbeat(quiet(day: 2))) == "packages")
    }

    @Test("updates that a pin keeps back are reported every night, from the lock or by resolving")
    func pins() async throws {
        defer { try? Files.removeTree(directory) }
        var pinned = released
        pinned.choices.pins = [
            LockedPin(
                name: try PackageName("openssl"), version: try DebianVersion("3"), security: try DebianVersion("4"))
        ]
        let said = Mutex<[ProgressEvent]>([])
        func check(_ archives: MadeUpArchives) async throws {
            _ = try await NightlyCheck(archives: archives, memory: memory).run(
                released: pinned, inputs: Self.inputs, heartbeat: nil,
                progress: { event in said.withLock { $0.append(event) } })
        }
        try await check(MadeUpArchives(pinned, indices: 1))
        let warning = "openssl is pinned at 3; the newer security version 4 exists."
        #expect(said.withLock { $0 } == [.warning(warning)])
        var later = pinned
        later.archives = try Self.lock(day: 2).archives
        let archives = MadeUpArchives(later, indices: 1)
        try await check(archives)
        try await check(archives)
        #expect(archives.asked == [2, 2], "the resolver reports it")
    }

    @Test("without a memory, an archive that goes back behind the last heartbeat is refused")
    func rollbackBehindTheHeartbeat() async throws {
        defer { try? Files.removeTree(directory) }
        let old = MadeUpArchives(try quiet(day: 2), indices: 1)
        await #expect(throws: MadeUpArchives.WentBack.self) { _ = try await check(old, try heartbeat(quiet(day: 3))) }
        #expect(old.asked == [1, 0] && !Files.exists(directory))
    }

    @Test("no lock is made from older archives than those just checked")
    func laggingMirror() async throws {
        defer { try? Files.removeTree(directory) }
        let archives = MadeUpArchives(try Self.lock(day: 3), indices: 2)
        #expect(try await check(archives) == "changed")
        #expect(archives.since == ["2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z"])
    }

    @Test("an archive that goes back is refused, and the record is kept")
    func rollback() async throws {
        defer { try? Files.removeTree(directory) }
        #expect(try await check(MadeUpArchives(try quiet(day: 3), indices: 2)) == "packages")
        let before = try memory.read("nightly.json")
        await #expect(throws: MadeUpArchives.WentBack.self) {
            _ = try await check(MadeUpArchives(try quiet(day: 2), indices: 1))
        }
        #expect(try memory.read("nightly.json") == before)
    }
}
