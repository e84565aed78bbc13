// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Synchronization
import SystemPackage

/// Passes a container's output to this process's standard output. An OCI runtime that cannot write ends its copy without
/// a message, so on a full disk output would be lost unnoticed.
package final class OutputCopy: Sendable {
    /// The descriptor for the container.
    package let writer: FileDescriptor
    private let reader: FileDescriptor
    private let target: FileDescriptor
    private let failed = Mutex<Errno?>(nil)
    private let isOver = Atomic(false)
    private let isClosed = Atomic(false)
    private let report: @Sendable (Errno) -> Void

    /// Starts to copy.
    ///
    /// - Parameters:
    ///   - target: The destination; a terminal needs no copy.
    ///   - report: Called once, on another thread, with the error that ended the writing. The rest of the output is
    ///     dropped then, and the container goes on. A pipe without a reader is not reported: the container's next
    ///     write fails, as in every pipeline.
    /// - Throws: `Errno`.
    package init(
        to target: FileDescriptor = .standardOutput, report: @escaping @Sendable (Errno) -> Void
    ) throws(Errno) {
        let pipe = try AnonymousPipe()
        (reader, writer, self.target, self.report) = (pipe.reader, pipe.writer, target, report)
        let number = BackgroundThread.failure { [self] in copy() }
        guard let number else { return }
        for end in [reader, writer] { try? end.close() }
        throw number
    }

    /// The error that ended the writing so far.
    package var failure: Errno? { failed.withLock { $0 } }

    /// Closes the writer, and waits until the reader of the output has taken all of it. It blocks its
    /// thread, and may be called again.
    ///
    /// - Parameter isEnding: Whether to wait no longer.
    package func finish(unless isEnding: () -> Bool) {
        if !isClosed.exchange(true, ordering: .relaxed) { try? writer.close() }
        while !isOver.load(ordering: .acquiring), !isEnding() { usleep(1000) }
    }

    private func copy() {
        defer {
            try? reader.close()
            isOver.store(true, ordering: .releasing)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { buffer.deallocate() }
        while let count = try? reader.read(into: buffer), count > 0 {
            guard failure == nil else { continue }
            do { try pass(UnsafeRawBufferPointer(rebasing: buffer[..<count])) } catch {
                guard error != .brokenPipe else { return }
                failed.withLock { $0 = error }
                report(error)
            }
        }
    }

    private func pass(_ bytes: UnsafeRawBufferPointer) throws(Errno) {
        var rest = bytes
        while !rest.isEmpty {
            let count = write(target.rawValue, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                continue
            }
            switch Errno(rawValue: errno) {
            case .interrupted: break
            // Another process that shares the destination made it non-blocking.
            case .resourceTemporarilyUnavailable:
                var request = pollfd(fd: target.rawValue, events: Int16(POLLOUT), revents: 0)
                _ = poll(&request, 1, -1)
            case let error: throw error
            }
        }
    }
}
