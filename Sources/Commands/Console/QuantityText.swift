// SPDX-License-Identifier: Apache-2.0

import Core

/// Formats counts and durations for people.
package enum QuantityText {
    /// A count of `unit`s.
    package static func count(_ count: UInt64, _ unit: ProgressUnit) -> String {
        unit == .bytes ? "\(ByteSize(count))" : "\(count)"
    }

    /// "0.4 s", "8 s", "1 min 05 s", "2 h 03 min".
    package static func time(_ duration: Duration) -> String {
        let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        let tenths = max(0, milliseconds) / 100
        if tenths < 100 { return "\(tenths / 10).\(tenths % 10) s" }
        let seconds = tenths / 10
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(twoDigits(seconds % 60)) s" }
        return "\(seconds / 3600) h \(twoDigits(seconds / 60 % 60)) min"
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
