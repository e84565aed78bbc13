// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The result of a container, once it has ended; any number of tasks may wait for it.
final class Ending: Sendable {
    private let outcome = Mutex<Result<Int32, any Error>?>(nil)

    /// The result, if the container has ended.
    var now: Result<Int32, any Error>? { outcome.withLock { $0 } }

    func set(_ result: Result<Int32, any Error>) { outcome.withLock { $0 = result } }

    /// Waits for the end, at most `limit`; returns `nil` after a timeout.
    ///
    /// - Throws: The runtime's failure; `CancellationError`.
    func wait(atMost limit: Duration? = nil) async throws -> Int32? {
        let clock = ContinuousClock()
        let deadline = limit.map { clock.now + $0 }
        while true {
            if let now { return try now.get() }
            if let deadline, clock.now >= deadline { return nil }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
