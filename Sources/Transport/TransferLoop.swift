// SPDX-License-Identifier: Apache-2.0

import CCurl
import Core
import Glibc
import Synchronization

/// Runs transfers on its own thread, which starts with the first transfer and ends with the last reference.
///
/// libcurl's multi interface is a loop that waits in poll(2): it would block a thread of the concurrency runtime. All
/// transfers of a loop share its connections.
final class TransferLoop: Sendable {
    private let thread: Mutex<LoopThread?> = Mutex(nil)

    /// Runs `request`, and passes its bytes to `sink`.
    ///
    /// - Throws: `FailureReason`, what `sink` throws, `CancellationError`, `TransportError.cannotStart`.
    func perform(_ request: TransferRequest, into sink: any TransferSink) async throws -> TransferAnswer {
        // The last reference to the loop stops the thread: keep one until this transfer is over.
        defer { withExtendedLifetime(self) {} }
        let thread = try runningThread()
        let ticket = LoopThread.Ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                thread.submit(Transfer(request, sink: sink, continuation: continuation), ticket)
            }
        } onCancel: {
            thread.cancel(ticket)
        }
    }

    private func runningThread() throws -> LoopThread {
        try thread.withLock { thread in
            if let thread { return thread }
            let new = try LoopThread()
            try new.start()
            thread = new
            return new
        }
    }

    deinit { thread.withLock { $0?.stop() } }
}
