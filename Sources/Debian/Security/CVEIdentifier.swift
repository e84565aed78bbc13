// SPDX-License-Identifier: Apache-2.0

/// The name of a vulnerability, `CVE-2024-33601` (CVE Record Format, "cveId"): a year and a number of at least four
/// digits. Ordered by year, then number.
package struct CVEIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The year of the name.
    package let year: Int
    /// The number within the year.
    package let number: Int

    /// A name from its parts; `nil` for a year before there were such names, or a number of more than nine digits.
    package init?(year: Int, number: Int) {
        guard (1999...2999).contains(year), (1...999_999_999).contains(number) else { return nil }
        (self.year, self.number) = (year, number)
    }

    /// Parses `CVE-YYYY-NNNN`, whose letters may be small; `nil` when it is none.
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

/// The name of one of Debian's security advisories, `DSA-5380-1` or `DLA-4321-2`: the last number counts what was
/// published again. Ordered by kind and numbers.
package struct AdvisoryIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Who published it.
    package enum Kind: String, Sendable, CaseIterable {
        /// Debian's security team.
        case securityTeam = "DSA"
        /// Debian's long term support.
        case longTermSupport = "DLA"
    }

    /// Who published it.
    package let kind: Kind
    /// Its number.
    package let number: Int
    /// Its revision, from 1.
    package let revision: Int

    /// Parses `DSA-5380-1`; `nil` when it is none.
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
