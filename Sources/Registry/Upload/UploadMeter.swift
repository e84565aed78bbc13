// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts the sent bytes of a blob; bytes that are sent twice are reported once.
final class UploadMeter: Sendable {
    private struct Count {
        var position: UInt64 = 0
        var reported: UInt64 = 0
    }

    private let size: UInt64
    private let report: @Sendable (UInt64) -> Void
    private let count = Mutex(Count())

    /// - Parameter report: Called with the number of new bytes, in total no more than `size`.
    init(size: UInt64, report: @escaping @Sendable (UInt64) -> Void) {
        self.size = size
        self.report = report
    }

    /// The next bytes begin at `offset`.
    func begin(at offset: UInt64) { advance { $0 = offset } }

    /// Adds sent bytes.
    func add(_ bytes: UInt64) { advance { $0 += bytes } }

    /// Reports the rest.
    func finish() { begin(at: size) }

    private func advance(_ change: (inout UInt64) -> Void) {
        let new = count.withLock { count -> UInt64 in
            change(&count.position)
            let reached = min(count.position, size)
            guard reached > count.reported else { return 0 }
            defer { count.reported = reached }
            return reached - count.reported
        }
        if new > 0 { report(new) }
    }
}
