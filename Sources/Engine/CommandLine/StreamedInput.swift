// SPDX-License-Identifier: Apache-2.0

import Core
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
        let pipe = try AnonymousPipe()
        reader = pipe.reader
        writer = Mutex(pipe.writer)
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
            BackgroundThread.start { continuation.resume(with: Result { try Self.pump(write, descriptor) }) }
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
