// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Glibc
import Synchronization
import SystemPackage

/// A pipe that a dedicated thread writes to: the writes block, and must not block tasks.
final class StreamedInput: Sendable {
    /// The end that the other program reads.
    let reader: FileDescriptor
    private let writer: Mutex<FileDescriptor?>

    /// - Throws: `Errno`.
    init() throws {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        reader = FileDescriptor(rawValue: ends[0])
        writer = Mutex(FileDescriptor(rawValue: ends[1]))
    }

    deinit { close() }

    /// Closes the write end.
    func close() {
        writer.withLock {
            try? $0?.close()
            $0 = nil
        }
    }

    /// Runs `write`, then closes the write end. A reader that has closed its end is no error here: it reports the
    /// reason itself.
    ///
    /// - Throws: Errors of `write`; the input has not ended then.
    func run(_ write: @escaping CommandLineEngine.StreamWriter) async throws {
        guard let descriptor = writer.withLock({ $0 }) else { return }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let thread = Thread {
                // Writing to a pipe without a reader raises SIGPIPE in the writing thread (pipe(7)).
                var signals = sigset_t()
                sigemptyset(&signals)
                sigaddset(&signals, SIGPIPE)
                pthread_sigmask(SIG_BLOCK, &signals, nil)
                continuation.resume(with: Result { try Self.pump(write, descriptor) })
            }
            thread.stackSize = 1 << 21
            thread.start()
        }
        close()
    }

    private static func pump(
        _ write: CommandLineEngine.StreamWriter, _ descriptor: FileDescriptor
    ) throws {
        var readerIsGone = false
        do {
            try write { bytes in
                do { _ = try descriptor.writeAll(bytes) } catch Errno.brokenPipe {
                    readerIsGone = true
                    throw Errno.brokenPipe
                }
            }
        } catch {
            if !readerIsGone { throw error }
        }
    }
}
