// SPDX-License-Identifier: Apache-2.0

/// The limits of a report's search. Places beyond them are reported.
package struct ReportLimits: Hashable, Sendable {
    /// The maximum number of entries among files, among git's own directories, and among large directories.
    let entries: Int

    /// Creates limits.
    package init(entries: Int = 2_000_000) { self.entries = entries }

    /// The maximum number of entries below one top-level directory before others are searched.
    var share: Int { entries / 10 }
    /// The guaranteed number of entries for each of git's own directories.
    var fewest: Int { entries / 50 }
}
