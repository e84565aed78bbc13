// SPDX-License-Identifier: Apache-2.0

/// A time in UTC in whole seconds, as in signed documents, locks and releases (RFC 3339).
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    package let seconds: Int64

    /// The range of four-digit years.
    private static let range: ClosedRange<Int64> = 0...253_402_300_799

    /// The time in seconds since 1970; values beyond four-digit years are clamped.
    package init(seconds: Int64) { self.seconds = min(max(seconds, Self.range.lowerBound), Self.range.upperBound) }

    /// Parses `2026-07-11T10:16:37Z` (RFC 3339 in UTC, whole seconds); returns nil for other text.
    package init?(rfc3339 text: String) {
        let halves = text.split(separator: "T", omittingEmptySubsequences: false)
        guard text.utf8.count == 20, halves.count == 2, halves[1].hasSuffix("Z") else { return nil }
        let date = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard date.count == 3 else { return nil }
        self.init(year: date[0], month: date[1], day: date[2], time: halves[1].dropLast())
        guard description == text else { return nil }
    }

    /// The time of these fields in decimal digits, `time` as `hh:mm:ss`; nil when one is out of range.
    package init?(
        year: some StringProtocol, month: some StringProtocol, day: some StringProtocol, time: some StringProtocol
    ) {
        let clock = time.split(separator: ":").map { Int64($0) }
        guard let year = Int64(year), let month = Int64(month), let day = Int64(day), clock.count == 3,
            (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            let hour = clock[0], let minute = clock[1], let second = clock[2],
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        seconds = Timestamp.days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
    }

    /// Days since 1970 in the Gregorian calendar, counted in years that begin in March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let (year, month) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        return year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }

    private var civil: (year: Int64, month: Int64, day: Int64) {
        var days = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400 + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        days -= era * 146_097
        let year = (days - days / 1_460 + days / 36_524 - days / 146_096) / 365
        days -= year * 365 + year / 4 - year / 100
        let month = (days * 5 + 2) / 153
        let isLate = month >= 10
        return (year + era * 400 + (isLate ? 1 : 0), isLate ? month - 9 : month + 3, days - (month * 153 + 2) / 5 + 1)
    }

    /// RFC 3339 in UTC: `2026-07-11T10:16:37Z`.
    package var description: String {
        let second = (seconds % 86_400 + 86_400) % 86_400
        let date = [civil.year, civil.month, civil.day].map(Timestamp.twoDigits).joined(separator: "-")
        let time = [second / 3_600, second / 60 % 60, second % 60].map(Timestamp.twoDigits).joined(separator: ":")
        return "\(date)T\(time)Z"
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
