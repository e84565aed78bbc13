// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing
import Transport

@Suite struct DownloaderTests {
    /// Downloads that succeed, by the addresses in order.
    @Test(
        arguments: [
            ["good"], ["busy"], ["later"], ["halves"], ["no_range"], ["moved"],
            ["missing", "good"], ["gone", "good"], ["forbidden", "good"], ["broken", "good"], ["much_later", "good"],
            ["wrong", "good"], ["short", "good"], ["long", "good"], ["cut", "good"], ["cut", "halves"],
            ["hang_up", "good"], ["other_range", "good"], ["cut", "other_range", "good"], ["stall", "good"],
            ["silent", "good"], ["loop", "good"], ["to_file", "good"], ["endless", "good"], ["endless_error", "good"],
        ])
    func comesThrough(_ faults: [String]) async throws {
        try await FaultyServer.with { server in
            let bytes = try server.put("file")
            let download = Download(
                name: "file", urls: faults.map { server.url($0, "file") }, digest: Digest(of: bytes),
                size: UInt64(bytes.count))
            let (events, arrived) = (Recorder<ProgressEvent>(), Recorder<Download>())
            let found = try await server.downloader().fetch(
                [download], step: "Fetch", progress: events.add, onArrival: arrived.add)
            #expect(found.isEmpty)
            #expect(try server.store.read(Digest(of: bytes)) == bytes)
            #expect(arrived.all == [download])
            #expect(events.bytes == UInt64(bytes.count))
            #expect(events.all.first == .began(step: "Fetch", total: UInt64(bytes.count), unit: .bytes))
            #expect(events.all.last == .ended(step: "Fetch", summary: "1 fetched"))
            #expect(try Files.list(server.store.root.appending("tmp")).isEmpty)
        }
    }

    /// Downloads that fail, with the expected message.
    @Test(
        arguments: [
            ("missing", "not there (status 404)", true), ("gone", "not there (status 410)", true),
            ("forbidden", "refused with status 403", false), ("broken", "refused with status 503", false),
            ("much_later", "refused with status 429", false), ("short", "has 199990 bytes instead of 200000", false),
            ("long", "larger than the limit of 200000 bytes", false), ("stall", "the transfer stalled", false),
            ("silent", "the transfer stalled", false), ("hang_up", "the connection broke off", false),
            ("cut", "the connection broke off", false), ("loop", "forbidden redirect", false),
            ("to_file", "forbidden redirect", false),
            ("endless", "larger than the limit of 200000 bytes", false),
            ("wrong", "digest mismatch", false),
            ("other_range", "invalid response (another range", false),
        ])
    func fails(_ fault: String, _ reason: String, _ allGone: Bool) async throws {
        try await FaultyServer.with { server in
            let download = server.download("file", try server.put("file"), fault)
            let error = await #expect(throws: TransportError.self) {
                try await server.downloader { $0.attempts = 2 }.fetch([download], step: "Fetch", progress: { _ in })
            }
            #expect(
                error?.details.first?.hasPrefix("file: \(server.url(fault, "file")): \(reason)") == true,
                "\(error as Any)")
            #expect(error?.allGone == allGone)
            #expect(error?.exitStatus == .tryAgain)
            #expect(error?.hint != nil)
            #expect(!server.store.contains(try #require(download.digest)))
        }
    }

    @Test func asksOnlyForTheRest() async throws {
        try await FaultyServer.with { server in
            let bytes = try server.put("file")
            _ = try? await server.downloader { $0.attempts = 1 }.fetch(
                [server.download("file", bytes, "cut")], step: "1", progress: { _ in })
            let events = Recorder<ProgressEvent>()
            _ = try await server.downloader().fetch(
                [server.download("file", bytes, "good")], step: "2", progress: events.add)
            #expect(try await server.log() == ["cut/file -", "good/file bytes=100000-"])
            #expect(events.bytes == 200_000)
            #expect(try server.store.read(Digest(of: bytes)) == bytes)
        }
    }

    /// A partial file may contain anything: the end of another file, more than the whole, the whole.
    @Test(arguments: [
        (Array("not the beginning".utf8), 2), ([UInt8](repeating: 1, count: 200_000), 1),
        ([UInt8](repeating: 1, count: 300_000), 1), ([], 1),
    ])
    func startsOverFromABadPart(_ part: [UInt8], _ requests: Int) async throws {
        try await FaultyServer.with { server in
            let bytes = try server.put("file")
            let partial = server.store.root.appending("tmp").appending("partial-\(Digest(of: bytes).hex)")
            try Files.write(part, to: partial)
            let download = server.download("file", bytes, "good")
            _ = try await server.downloader().fetch([download], step: "Fetch", progress: { _ in })
            #expect(try server.store.read(Digest(of: bytes)) == bytes)
            #expect(try await server.log().count == requests)
        }
    }

    @Test func aCompletePartNeedsNoRequest() async throws {
        try await FaultyServer.with { server in
            let bytes = try server.put("file")
            try Files.write(bytes, to: server.store.root.appending("tmp").appending("partial-\(Digest(of: bytes).hex)"))
            let download = server.download("file", bytes, "good")
            _ = try await server.downloader().fetch([download], step: "Fetch", progress: { _ in })
            #expect(try server.store.read(Digest(of: bytes)) == bytes)
            #expect(try await server.log().isEmpty)
        }
    }

    @Test func asksOnceForWhatIsThereOrWantedTwice() async throws {
        try await FaultyServer.with { server in
            let (old, new) = (try server.put("old"), try server.put("new"))
            try server.store.insert(old)
            let downloads = [
                server.download("old", old, "good"), server.download("new", new, "good"),
                Download(name: "again", urls: [server.url("good", "new")], digest: Digest(of: new), size: nil),
            ]
            let (events, arrived) = (Recorder<ProgressEvent>(), Recorder<Download>())
            _ = try await server.downloader().fetch(
                downloads, step: "Fetch", progress: events.add, onArrival: arrived.add)
            #expect(try await server.log() == ["good/new -"])
            #expect(arrived.all.map(\.name).sorted() == ["again", "new", "old"])
            #expect(events.all.last == .ended(step: "Fetch", summary: "1 fetched, 1 already there"))
        }
    }

    @Test(arguments: ["good", "no_range", "moved", "busy"])
    func tellsDigestsThatWereNotKnown(_ fault: String) async throws {
        try await FaultyServer.with { server in
            let bytes = try server.put("file")
            let download = Download(name: "f", urls: [server.url(fault, "file")], digest: nil, size: nil)
            let found = try await server.downloader().fetch([download], step: "Fetch", progress: { _ in })
            #expect(found == ["f": Digest(of: bytes)])
            #expect(try server.store.read(Digest(of: bytes)) == bytes)
        }
    }

    @Test func boundsWhatHasNoKnownSize() async throws {
        try await FaultyServer.with { server in
            let download = Download(name: "f", urls: [server.url("endless", "f")], digest: nil, size: nil)
            let error = await #expect(throws: TransportError.self) {
                try await server.downloader { $0.largestDownload = 1 << 20 }
                    .fetch([download], step: "Fetch", progress: { _ in })
            }
            #expect(error?.sentence.contains("larger than the limit of 1048576 bytes") == true)
            let left = try Files.list(server.store.root.appending("tmp"))
            #expect(left.isEmpty)
        }
    }

    @Test func oneFailureDoesNotStopTheOthers() async throws {
        try await FaultyServer.with { server in
            let bytes = try (0..<12).map { try server.put("f\($0)", size: 10_000 + $0) }
            let downloads = bytes.enumerated().map { index, bytes in
                server.download("f\(index)", bytes, index % 4 == 1 ? "missing" : "good")
            }
            let error = await #expect(throws: TransportError.self) {
                try await server.downloader(parallelism: 3).fetch(downloads, step: "Fetch", progress: { _ in })
            }
            guard case .unavailable(let failed) = error else { return }
            #expect(failed.map(\.name) == ["f1", "f5", "f9"])
            for (index, bytes) in bytes.enumerated() {
                #expect(server.store.contains(Digest(of: bytes)) == (index % 4 != 1))
            }
        }
    }

    @Test func readsLocalFiles() async throws {
        try await FaultyServer.with { server in
            let bytes = try server.put("file")
            let urls = ["file:///no/such/file", "file://\(server.directory)/file"]
            let download = Download(name: "f", urls: urls, digest: Digest(of: bytes), size: 200_000)
            _ = try await server.downloader().fetch([download], step: "Fetch", progress: { _ in })
            #expect(try server.store.read(Digest(of: bytes)) == bytes)
        }
    }
}
