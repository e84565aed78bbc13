// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A time in UTC in seconds, as in signed documents (RFC 3339).
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z.
    package let seconds: Int64

    /// The range of four-digit years.
    private static let range: ClosedRange<Int64> = 0...253_402_300_799

    /// The time in seconds since 1970; values beyond four-digit years are clamped.
    package init(seconds: Int64) { self.seconds = min(max(seconds, Self.range.lowerBound), Self.range.upperBound) }

    /// Parses `2026-01-31T00:00:00Z`, and nothing else.
    ///
    /// - Throws: `SigningError.malformedTime`.
    package init(_ text: String) throws {
        guard text.utf8.count == 20, let date = try? Date(text, strategy: .iso8601) else {
            throw SigningError.malformedTime
        }
        self.init(seconds: Int64(date.timeIntervalSince1970))
        guard description == text else { throw SigningError.malformedTime }
    }

    package var description: String { Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601) }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }
}
