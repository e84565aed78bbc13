// SPDX-License-Identifier: Apache-2.0

import Core
import Synchronization

/// Adds up the reported progress.
final class Meter: Sendable {
    private let counts = Mutex((total: UInt64(0), bytes: UInt64(0)))

    var total: UInt64 { counts.withLock { $0.total } }
    var bytes: UInt64 { counts.withLock { $0.bytes } }

    @Sendable func take(_ event: ProgressEvent) {
        counts.withLock { counts in
            switch event {
            case .began(_, let total, .bytes): counts.total += total ?? 0
            case .advanced(_, let count, _): counts.bytes += count
            default: break
            }
        }
    }
}
