// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A time to compare file changes with. A file's change time (inode(7), ctime) cannot be set by programs.
package struct Moment: Hashable, Sendable, Comparable {
    let seconds: Int64
    let nanoseconds: Int64
    /// The longest tick of the kernel in nanoseconds.
    static let margin: Int64 = 10_000_000

    /// A little before `now`, in nanoseconds since 1970, because the kernel stamps files with the time of its last
    /// tick.
    package init(before now: Int64) {
        let early = now - Self.margin
        self.init(seconds: early / 1_000_000_000, nanoseconds: early % 1_000_000_000)
    }

    init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    init(_ status: stat) {
        self.init(seconds: Int64(status.st_ctim.tv_sec), nanoseconds: Int64(status.st_ctim.tv_nsec))
    }

    /// The last change of a directory's entries (mtime), which its owner can set.
    init(modified status: stat) {
        self.init(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
    }

    /// The time as an argument of find(1), `-newerct`.
    package var sinceEpoch: String { "@\(seconds)" }

    package static func < (left: Moment, right: Moment) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}
