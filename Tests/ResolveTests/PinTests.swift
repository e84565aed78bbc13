// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Debian
import Foundation
import Lockfile
import Resolve
import Synchronization
import SystemPackage
import Testing
import Transport

/// A current archive, and a snapshot service with a past state.
private struct ArchiveWithPast: IndexSource {
    static let service = "https://past.example"

    let today: MadeUpArchive
    let past: MadeUpArchive
    /// The service's response for any version; nil when it is unreachable.
    let answer: String?

    func fetch(
        _ downloads: [IndexDownload], step: String, progress: @escaping ProgressSink
    ) async throws -> [String: Digest] {
        let url = downloads.first?.urls.first ?? ""
        guard url.hasPrefix(Self.service) else {
            return try await today.fetch(downloads, step: step, progress: progress)
        }
        guard let answer else { throw failure(downloads[0], .unreachable("no route to host")) }
        if url.contains("/mr/binary/") {
            #expect(url.hasSuffix("/binfiles?fileinfo=1"))
            return [downloads[0].name: try today.store.insert(Array(answer.utf8))]
        }
        guard url.hasPrefix("\(Self.service)/archive/debian-security/20250101T000000Z/dists/bookworm-security/") else {
            throw failure(downloads[0], .notFound(status: 404))
        }
        return try await past.fetch(downloads, step: step, progress: progress)
    }

    private func failure(_ download: IndexDownload, _ reason: FailureReason) -> TransportError {
        .unavailable([
            FailedDownload(name: download.name, failures: [FailedAddress(url: download.urls[0], reason: reason)])
        ])
    }
}

@Suite("Pinned versions") struct PinTests {
    private let root: FilePath
    private let store: Store

    init() throws {
        root = FilePath(NSTemporaryDirectory()).appending("pins-\(UUID().uuidString)")
        store = try Store(root: root.appending("store"))
        try Files.write(Array(ResolverTests.gpgv.utf8), to: root.appending("gpgv"), mode: [.ownerReadWriteExecute])
    }

    private func archive(_ date: String, _ packages: [String: [(String, String, String)]]) -> MadeUpArchive {
        MadeUpArchive(store: store, date: date, packages: packages)
    }

    private static let seen = """
        {"_comment": "foo", "result": [{"architecture": "amd64", "hash": "aa"}, {"architecture": "i386", "hash": "bb"}],
         "fileinfo": {"aa": [{"archive_name": "debian-security", "first_seen": "20250101T000000Z", "name": "x"},
         {"archive_name": "debian", "first_seen": "20250201T000000Z", "name": "x"}], "bb": []}}
        """

    private func lock(
        _ pin: String, answer: String? = seen, _ said: @escaping ProgressSink = { _ in }
    ) async throws -> VersionsLock {
        let today = archive(
            "Sat, 21 Nov 2026 00:00:00 UTC",
            [
                "bookworm": [("apt", "1", ""), ("app", "2", ""), ("app", "1.9", ""), ("lib", "1", "")],
                "bookworm-security": [("app", "2.1", "")],
            ])
        let past = archive(
            "Wed, 01 Jan 2025 00:00:00 UTC", ["bookworm-security": [("app", "1", "Depends: lib\n"), ("lib", "9", "")]])
        var archives = ArchiveSource.all(of: "bookworm")
        for index in archives.indices { archives[index].addresses = ["https://example.org/\(archives[index].base)"] }
        let resolver = Resolver(
            store: store, source: ArchiveWithPast(today: today, past: past, answer: answer),
            check: SignatureCheck(program: root.appending("gpgv").string), archives: archives,
            now: try #require(Timestamp(rfc3339: "2026-11-23T00:00:00Z")), service: ArchiveWithPast.service)
        var request = ResolveRequest(
            codename: "bookworm", architectures: [.amd64], packages: [try PackageName("app")], artifacts: [],
            inputs: Digest(of: [9]))
        request.pins = [try PackageName("app"): try DebianVersion(pin)]
        return try await resolver.resolve(request, previous: nil, progress: said)
    }

    @Test func aVersionOfTheArchiveIsTakenAndWhatItKeepsBackIsSaid() async throws {
        let said = Mutex<[ProgressEvent]>([])
        let lock = try await lock("1.9") { event in said.withLock { $0.append(event) } }
        #expect(lock.architectures["amd64"]?.map { "\($0.name)=\($0.version)" } == ["app=1.9", "apt=1"])
        #expect(lock.choices.pins.map(\.security?.text) == ["2.1"])
        let warning = ProgressEvent.warning("app is pinned at 1.9; the newer security version 2.1 exists.")
        #expect(said.withLock { $0.filter { $0 == warning } }.count == 1)
        #expect(try VersionsLock(parsing: lock.serialized(), file: "f") == lock)
        #expect(try await self.lock("2.1").choices.warnings == [])
    }

    /// One package comes from a snapshot, and its dependencies from the current archive.
    @Test func aVersionOfThePastIsTakenFromItsSignedIndex() async throws {
        let lock = try await lock("1")
        let packages = lock.architectures["amd64", default: []]
        #expect(packages.map { "\($0.name)=\($0.version)" } == ["app=1", "apt=1", "lib=1"])
        #expect(packages.map(\.snapshot) == ["2025-01-01T00:00:00Z", nil, nil])
        #expect(packages.first?.base == "debian-security")
    }

    @Test(arguments: [
        ("3", PinTests.seen, "No archive has app 3 for amd64, and https://past.example has no snapshot with it."),
        ("1", "{}", "No archive has app 1 for amd64, and https://past.example has no snapshot with it."),
        (
            "1", nil,
            "No archive has app 1 for amd64 any more, and the snapshot service https://past.example is unreachable."
        ),
    ])
    func refuses(_ version: String, _ answer: String?, _ sentence: String) async throws {
        let error = await #expect(throws: ResolveError.self) { try await lock(version, answer: answer) }
        #expect(error?.sentence == sentence)
        #expect(error?.hint == "Pin an available version: 2.1, 2, 1.9.")
    }
}
