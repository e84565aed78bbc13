// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Foundation
import Lockfile
import Release
import Synchronization
import SystemPackage
import Testing

/// Archives that were made up here, and count how often they are asked.
private final class MadeUpArchives: ArchiveLooking {
    let lock: VersionsLock
    let indices: Digest
    private let count = Mutex((looks: 0, resolutions: 0))

    init(_ lock: VersionsLock, indices: UInt8) {
        self.lock = lock
        self.indices = Digest(of: [indices])
    }

    var asked: [Int] { count.withLock { [$0.looks, $0.resolutions] } }

    func look(since previous: VersionsLock, progress: @escaping ProgressSink) async throws -> ArchiveLook {
        count.withLock { $0.looks += 1 }
        for archive in lock.archives where previous.archives.contains(where: { $0.date > archive.date }) {
            throw WentBack(date: archive.date)
        }
        return ArchiveLook(archives: lock.archives, indices: indices)
    }

    func resolve(from previous: VersionsLock, progress: @escaping ProgressSink) async throws -> VersionsLock {
        count.withLock { $0.resolutions += 1 }
        return lock
    }

    struct WentBack: Error { let date: String }
}

@Suite struct NightlyCheckTests {
    private let folder: FilePath
    private let memory: JournalFolder
    private let released: VersionsLock
    private static let inputs = Digest(of: "inputs".utf8)

    init() throws {
        folder = FilePath(NSTemporaryDirectory()).appending("nightly-\(Files.uniqueSuffix())")
        memory = JournalFolder(folder)
        released = try Self.lock(day: 1)
    }

    /// A lock as it is on a day: one package, a new version of it every day.
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

    /// The released packages, in archives of another day.
    private func quiet(day: Int) throws -> VersionsLock {
        var lock = released
        lock.archives = try Self.lock(day: day).archives
        return lock
    }

    private func check(_ archives: MadeUpArchives) async throws -> String {
        let answer = try await NightlyCheck(archives: archives, memory: memory)
            .run(released: released, inputs: Self.inputs, progress: { _ in })
        switch answer {
        case .unchanged(let evidence, _): return evidence.rawValue
        case .changed: return "changed"
        }
    }

    @Test("the cheapest comparison that can answer does")
    func cheapest() async throws {
        defer { try? Files.removeTree(folder) }
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
        #expect(try await check(update) == "changed", "what was not released is not forgotten")
    }

    @Test("without a memory, as in a fresh clone, the packages themselves are compared")
    func forgetful() async throws {
        defer { try? Files.removeTree(folder) }
        let resigned = MadeUpArchives(try quiet(day: 2), indices: 1)
        #expect(try await check(resigned) == "packages")
        #expect(resigned.asked == [1, 1])
    }

    @Test("an archive that goes back behind what was seen is refused, and what was seen stays")
    func rollback() async throws {
        defer { try? Files.removeTree(folder) }
        #expect(try await check(MadeUpArchives(try quiet(day: 3), indices: 2)) == "packages")
        let before = try memory.read("nightly.json")
        await #expect(throws: MadeUpArchives.WentBack.self) {
            _ = try await check(MadeUpArchives(try quiet(day: 2), indices: 1))
        }
        #expect(try memory.read("nightly.json") == before)
    }
}
