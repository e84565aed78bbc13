// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite struct StoreTests {
    @Test func givesBackWhatWasPutIn() throws {
        try withTemporaryDirectory { directory in
            let store = try Store(root: directory)
            let digest = try store.insert(Array("hello".utf8))
            #expect(digest == Digest(of: "hello".utf8))
            #expect(try store.read(digest) == Array("hello".utf8))
            #expect(store.contains(digest, size: 5))
            #expect(!store.contains(digest, size: 6))
        }
    }

    @Test func refusesOtherBytesThanExpectedAndKeepsNothing() throws {
        try withTemporaryDirectory { directory in
            let store = try Store(root: directory)
            let expected = Digest(of: "right".utf8)
            let writer = try BlobWriter(store: store)
            try Array("wrong".utf8).withUnsafeBytes { try writer.write($0) }
            #expect(throws: StoreError.digestMismatch(expected: expected, actual: Digest(of: "wrong".utf8))) {
                try writer.commit(expecting: expected)
            }
            #expect(!store.contains(expected))
            #expect(!store.contains(Digest(of: "wrong".utf8)))
        }
    }

    @Test func anAbandonedBlobLeavesNoFile() throws {
        try withTemporaryDirectory { directory in
            let store = try Store(root: directory)
            do { _ = try BlobWriter(store: store) }
            #expect(try Files.list(directory.appending("tmp")).isEmpty)
        }
    }

    @Test func oneHolderOfALockAtATime() async throws {
        try await withTemporaryDirectory { directory in
            let store = try Store(root: directory)
            let crowd = Crowd()
            _ = try await (0..<8).concurrentMap(limit: 8) { _ in
                try await store.withLock("test") { try await crowd.visit() }
            }
            #expect(await crowd.most == 1)
        }
    }

    @Test("a process that waits for a lock gets the holder's PID after a second")
    func waiting() async throws {
        try await withTemporaryDirectory { directory in
            let store = try Store(root: directory)
            let heard = Heard()
            try await store.withLock("test") {
                let second = Task { try await store.withLock("test", waiting: { heard.add($0) }, {}) }
                while heard.all.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
                second.cancel()
                await #expect(throws: CancellationError.self) { try await second.value }
            }
            #expect(heard.all == [getpid()])
        }
    }
}

/// The reported holders of a lock.
private final class Heard: Sendable {
    private let holders = Mutex<[Int32?]>([])

    var all: [Int32?] { holders.withLock { $0 } }

    func add(_ holder: Int32?) { holders.withLock { $0.append(holder) } }
}

/// Counts the concurrent holders.
private actor Crowd {
    private var inside = 0
    private(set) var most = 0

    func visit() async throws {
        inside += 1
        most = max(most, inside)
        try await Task.sleep(for: .milliseconds(2))
        inside -= 1
    }
}

@Suite struct FilesTests {
    @Test func aFailedWriteLeavesTheOldFileAndNoTemporaryOne() throws {
        try withTemporaryDirectory { directory in
            let target = directory.appending("target")
            try Files.makeDirectories(target)
            #expect(throws: FileError.self) { try Files.write(Array("x".utf8), to: target) }
            #expect(try Files.list(directory) == ["target"])
        }
    }

    @Test func readingIsBounded() throws {
        try withTemporaryDirectory { directory in
            let file = directory.appending("file")
            try Files.write([UInt8](repeating: 1, count: 100_000), to: file)
            #expect(try Files.read(file, limit: 100_000).count == 100_000)
            #expect(throws: FileError("read", file, .fileTooLarge)) { try Files.read(file, limit: 99_999) }
        }
    }

    @Test func removingATreeDoesNotFollowLinks() throws {
        try withTemporaryDirectory { directory in
            let kept = directory.appending("kept")
            try Files.makeDirectories(directory.pushing("tree/deep"))
            try Files.write(Array("x".utf8), to: kept)
            #expect(symlink(directory.string, directory.pushing("tree/deep/link").string) == 0)
            try Files.removeTree(directory.appending("tree"))
            #expect(try Files.list(directory) == ["kept"])
        }
    }
}

@Suite struct ConcurrentMapTests {
    @Test(arguments: [1, 2, 7, 100])
    func keepsTheOrder(limit: Int) async throws {
        let doubled = try await (0..<50).concurrentMap(limit: limit) { number in
            try await Task.sleep(for: .microseconds(Int.random(in: 0...500)))
            return number * 2
        }
        #expect(doubled == (0..<50).map { $0 * 2 })
    }

    @Test func startsNoMoreThanTheLimit() async throws {
        let crowd = Crowd()
        _ = try await (0..<30).concurrentMap(limit: 3) { _ in try await crowd.visit() }
        #expect(await crowd.most == 3)
    }

    @Test func passesAnErrorOn() async {
        await #expect(throws: Errno.self) {
            try await (0..<10).concurrentMap(limit: 2) { number in
                if number == 5 { throw Errno.noSpace }
            }
        }
    }
}
