// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A container's output on its way to the caller's.
@Suite struct OutputCopyTests {
    /// Copies what `write` writes to `target`; returns the reported errors, and that of the end.
    private func copy(
        to target: FileDescriptor, _ write: (FileDescriptor) throws -> Void
    ) throws -> (reported: [Errno], last: Errno?) {
        let reported = Mutex<[Errno]>([])
        let copy = try OutputCopy(to: target) { errno in reported.withLock { $0.append(errno) } }
        defer { copy.finish { false } }
        try write(copy.writer)
        copy.finish { false }
        return (reported.withLock(\.self), copy.failure)
    }

    @Test("Everything arrives, also where the destination does not block")
    func arrives() throws {
        let pipe = try AnonymousPipe()
        _ = fcntl(pipe.writer.rawValue, F_SETFL, O_NONBLOCK)
        let bytes = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 >> 7) }
        let received = Mutex<[UInt8]>([])
        let isOver = Atomic(false)
        BackgroundThread.start {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while let count = try? buffer.withUnsafeMutableBytes({ try pipe.reader.read(into: $0) }), count > 0 {
                received.withLock { $0 += buffer[..<count] }
            }
            isOver.store(true, ordering: .releasing)
        }
        let found = try copy(to: pipe.writer) { try $0.writeAll(bytes) }
        try pipe.writer.close()
        while !isOver.load(ordering: .acquiring) { usleep(1000) }
        try pipe.reader.close()
        #expect(found.reported.isEmpty && found.last == nil)
        #expect(received.withLock { $0 == bytes })
    }

    @Test("A full disk is reported once, and does not stop the writer")
    func full() throws {
        let device = try FileDescriptor.open("/dev/full", .writeOnly)
        try device.closeAfter {
            let found = try copy(to: device) {
                for _ in 0..<200 { _ = try $0.writeAll([UInt8](repeating: 1, count: 9999)) }
            }
            #expect(found.reported == [.noSpace] && found.last == .noSpace)
        }
    }

    @Test("A pipe without a reader is one for the writer as well, and no error")
    func unread() throws {
        let pipe = try AnonymousPipe()
        try pipe.reader.close()
        let isBroken = Mutex(false)
        let writers = try copy(to: pipe.writer) { writer in
            BackgroundThread.start {
                do { while true { _ = try writer.writeAll([UInt8](repeating: 1, count: 9999)) } } catch {
                    isBroken.withLock { $0 = error as? Errno == .brokenPipe }
                }
            }
            for _ in 0..<500 where !isBroken.withLock(\.self) { usleep(10_000) }
        }
        try pipe.writer.close()
        #expect(isBroken.withLock(\.self) && writers.reported.isEmpty && writers.last == nil)
    }
}
