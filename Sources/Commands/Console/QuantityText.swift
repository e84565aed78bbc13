// SPDX-License-Identifier: Apache-2.0

import Core

/// Formats numbers for people. Prefixes are decimal (ISO 80000-1): 1 kB is 1000 bytes, as for disks and networks.
package enum QuantityText {
    /// "0 B", "999 B", "1.2 kB", "87 MB", "193 MB", "1.4 GB".
    package static func bytes(_ count: UInt64) -> String {
        guard count >= 1000 else { return "\(count) B" }
        var (scaled, unit) = (count, 0)
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
        while scaled >= 999_500 && unit < units.count - 1 {
            scaled /= 1000
            unit += 1
        }
        // `scaled` is in thousandths of the unit.
        if scaled < 9950 {
            let tenths = (scaled + 50) / 100
            return "\(tenths / 10).\(tenths % 10) \(units[unit])"
        }
        return "\((scaled + 500) / 1000) \(units[unit])"
    }

    /// A count of `unit`s.
    package static func count(_ count: UInt64, _ unit: ProgressUnit) -> String {
        unit == .bytes ? bytes(count) : "\(count)"
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
