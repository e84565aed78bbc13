// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing
import Transport

/// Time limits, cancellation, and concurrent downloads.
@Suite struct RetryPolicyTests {
    @Test func cancellingIsQuickAndKeepsThePart() async throws {
        try await FaultyServer.with { server in
            let bytes = try server.put("file", size: 1_000_000)
            let download = server.download("file", bytes, "trickle")
            let events = Recorder<ProgressEvent>()
            let task = Task { try await server.downloader().fetch([download], step: "Fetch", progress: events.add) }
            for _ in 0..<2000 where events.bytes == 0 { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let name = "partial-\(Digest(of: bytes).hex)"
            let part = try Files.read(server.store.root.appending("tmp").appending(name), limit: 1_000_000)
            #expect(!part.isEmpty && part.count < bytes.count && bytes.starts(with: part))
            #expect(events.all.last == .ended(step: "Fetch", summary: "stopped"))
        }
    }

    /// Cancelled before it begins, and while it waits for a retry.
    @Test(arguments: [("good", 0), ("broken", 200), ("silent", 200)])
    func cancellingComesAtAnyTime(_ fault: String, _ milliseconds: Int) async throws {
        try await FaultyServer.with { server in
            let download = server.download("file", try server.put("file"), fault)
            let downloader = server.downloader { $0.backOff = .seconds(20) }
            let task = Task { try await downloader.fetch([download], step: "Fetch", progress: { _ in }) }
            if milliseconds > 0 { try await Task.sleep(for: .milliseconds(milliseconds)) }
            task.cancel()
            // Without cancellation it retries for minutes, and then reports that the server sent nothing.
            guard case .failure(let error) = await task.result else {
                #expect(fault == "good", "it was complete before the cancellation")
                return
            }
            #expect(error is CancellationError, "\(error)")
        }
    }

    /// A port without a listener, and a reserved host name (RFC 2606): hundreds of downloads must not take minutes.
    @Test(
        .timeLimit(.minutes(5)), arguments: ["http://127.0.0.1:1", "http://nobody.invalid", "https://nobody.invalid"])
    func hostsOutOfReachFailInSeconds(_ base: String) async throws {
        try await FaultyServer.with { server in
            let downloads = (0..<300).map {
                Download(name: "f\($0)", urls: ["\(base)/f\($0)"], digest: Digest(of: [UInt8($0 % 256), 1]), size: 2)
            }
            let error = await #expect(throws: TransportError.self) {
                try await server.downloader().fetch(downloads, step: "Fetch", progress: { _ in })
            }
            #expect(error?.allGone == true)
            #expect(error?.sentence.contains("cannot be reached") == true)
        }
    }

    @Test func twoAtOnceShareOneTransfer() async throws {
        try await FaultyServer.with { server in
            let bytes = try server.put("file")
            let download = server.download("file", bytes, "trickle")
            async let first = server.downloader().fetch([download], step: "1", progress: { _ in })
            async let second = server.downloader().fetch([download], step: "2", progress: { _ in })
            _ = try await (first, second)
            #expect(try server.store.read(Digest(of: bytes)) == bytes)
            #expect(try await server.log() == ["trickle/file -"])
        }
    }

    @Test func aFullDiskIsNotTheNetworksFault() async throws {
        try await FaultyServer.with { server in
            let download = server.download("file", try server.put("file"), "good")
            let digest = try #require(download.digest)
            // A directory in the place of the partial file simulates a full disk.
            try Files.makeDirectories(server.store.root.appending("tmp").appending("partial-\(digest.hex)"))
            await #expect(throws: FileError.self) {
                try await server.downloader().fetch([download], step: "Fetch", progress: { _ in })
            }
        }
    }
}
