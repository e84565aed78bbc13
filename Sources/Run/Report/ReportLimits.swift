// SPDX-License-Identifier: Apache-2.0

/// How much of a directory a report looks at. What is beyond is said.
package struct ReportLimits: Hashable, Sendable {
    /// The most entries of files, the most in git's own directories, and the most in what is large.
    let entries: Int

    /// The limits.
    package init(entries: Int = 2_000_000) { self.entries = entries }

    /// The most entries below one directory at the top before others have their turn.
    var share: Int { entries / 10 }
    /// The most entries of each of git's own directories, however many these are.
    var fewest: Int { entries / 50 }
}
