// SPDX-License-Identifier: Apache-2.0

/// Progress of long-running work. Events are values: the console decides how to render them.
package enum ProgressEvent: Hashable, Sendable {
    /// A step began. `total` counts `unit`s; nil when it is unknown.
    case began(step: String, total: UInt64?, unit: ProgressUnit)
    /// `count` more units of `step` are done; `detail` names the item that was just finished.
    case advanced(step: String, by: UInt64, detail: String?)
    /// The step ended. `summary` is a short clause for the log, such as "260 packages, 193 MB".
    case ended(step: String, summary: String)
    /// A remark on a line of its own.
    case note(String)
    /// A remark that is shown with `--verbose` only.
    case detail(String)
    /// A warning.
    case warning(String)
}

/// The unit of a step's counter.
package enum ProgressUnit: Hashable, Sendable {
    /// Bytes, shown in kB, MB and GB.
    case bytes
    /// Items, shown as a number.
    case items
}

/// Receives progress. Called from any task, in any order; must not block for long.
package typealias ProgressSink = @Sendable (ProgressEvent) -> Void
