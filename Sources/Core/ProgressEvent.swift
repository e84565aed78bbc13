// SPDX-License-Identifier: Apache-2.0

/// What long work says about itself while it goes on. Events are values: how they are drawn is the console's business.
package enum ProgressEvent: Hashable, Sendable {
    /// A step began. `total` counts `unit`s, `nil` when it is not known.
    case began(step: String, total: UInt64?, unit: ProgressUnit)
    /// `count` more units of `step` are done; `detail` names what was just finished.
    case advanced(step: String, by: UInt64, detail: String?)
    /// The step is over. `summary` is a short clause for the log, such as "260 packages, 193 MB".
    case ended(step: String, summary: String)
    /// A remark that is worth a line of its own.
    case note(String)
    /// A remark for those who asked for more (`--verbose`).
    case detail(String)
    /// A remark that the user should not miss.
    case warning(String)
}

/// What a step counts.
package enum ProgressUnit: Hashable, Sendable {
    /// Bytes, shown as kB, MB and GB.
    case bytes
    /// Things, shown as they are counted.
    case items
}

/// Receives progress. Called from any task, in any order; must not block for long.
package typealias ProgressSink = @Sendable (ProgressEvent) -> Void
