// SPDX-License-Identifier: Apache-2.0

/// A CVE identifier, `CVE-2024-33601` (CVE Record Format, "cveId"): a year and a number of at least four digits.
/// Ordered by year, then number.
package struct CVEIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The year.
    package let year: Int
    /// The number within the year.
    package let number: Int

    /// Creates an identifier; nil for a year before 1999, or a number of more than nine digits.
    package init?(year: Int, number: Int) {
        guard (1999...2999).contains(year), (1...999_999_999).contains(number) else { return nil }
        (self.year, self.number) = (year, number)
    }

    /// Parses `CVE-YYYY-NNNN`, without regard to case; returns nil for other text.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].uppercased() == "CVE", parts[1].utf8.count == 4,
            (4...9).contains(parts[2].utf8.count), parts[1...].allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
            let year = Int(parts[1]), let number = Int(parts[2])
        else { return nil }
        self.init(year: year, number: number)
    }

    package var description: String {
        let digits = String(number)
        return "CVE-\(year)-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    package static func < (left: Self, right: Self) -> Bool { (left.year, left.number) < (right.year, right.number) }
}

/// The identifier of a Debian security advisory, `DSA-5380-1` or `DLA-4321-2`; the last number is the revision. Ordered
/// by kind and numbers.
package struct AdvisoryIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The publisher.
    package enum Kind: String, Sendable, CaseIterable {
        /// Debian's security team.
        case securityTeam = "DSA"
        /// Debian's long term support.
        case longTermSupport = "DLA"
    }

    /// The publisher.
    package let kind: Kind
    /// The number.
    package let number: Int
    /// The revision, counted from 1.
    package let revision: Int

    /// Parses `DSA-5380-1`; returns nil for other text.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])),
            parts[1...].allSatisfy({ (1...6).contains($0.utf8.count) && $0.utf8.allSatisfy(isDigit) }),
            let number = Int(parts[1]), let revision = Int(parts[2])
        else { return nil }
        (self.kind, self.number, self.revision) = (kind, number, revision)
    }

    package var description: String { "\(kind.rawValue)-\(number)-\(revision)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.kind.rawValue, left.number, left.revision) < (right.kind.rawValue, right.number, right.revision)
    }
}
