// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts what of a blob went out, so that what is sent twice is reported once.
final class UploadMeter: Sendable {
    private struct Count {
        var position: UInt64 = 0
        var reported: UInt64 = 0
    }

    private let size: UInt64
    private let report: @Sendable (UInt64) -> Void
    private let count = Mutex(Count())

    /// - Parameter report: Is told of bytes, by their count, of all together no more than `size`.
    init(size: UInt64, report: @escaping @Sendable (UInt64) -> Void) {
        self.size = size
        self.report = report
    }

    /// The next bytes that are sent begin at `offset`.
    func begin(at offset: UInt64) { advance { $0 = offset } }

    /// So many bytes more were sent.
    func add(_ bytes: UInt64) { advance { $0 += bytes } }

    /// Everything is there.
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
