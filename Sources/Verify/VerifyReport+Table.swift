// SPDX-License-Identifier: Apache-2.0

/// One row of the console's table: a claim and its failures.
package struct ReportRow: Hashable, Sendable {
    /// The claim's ID.
    package let id: String
    /// The claim's status.
    package let status: ClaimStatus
    /// The claim's title.
    package let title: String
    /// The number of findings by verdict, such as "31 green, 1 skipped".
    package let evidence: String
    /// One line for each finding that is red or skipped.
    package let remarks: [String]
}

extension VerifyReport {
    /// The report as rows, which the console formats.
    package var rows: [ReportRow] {
        claims.map { verdict in
            ReportRow(
                id: verdict.claim.id, status: verdict.status, title: verdict.claim.title,
                evidence: Self.evidence(verdict), remarks: verdict.findings.compactMap(Self.remark))
        }
    }

    /// The last line of the table.
    package var summary: String {
        "\(claims.count) claims: \(ClaimStatus.allCases.map { status in "\(claims.count { $0.status == status }) \(status.rawValue)" }.joined(separator: ", "))"
    }

    /// Red findings that belong to no claim; they fail the report all the same.
    package var stray: [String] { others.compactMap(Self.remark) }

    static func evidence(_ verdict: ClaimVerdict) -> String {
        let counts = Verdict.allCases.compactMap { kind -> String? in
            let count = verdict.findings.count { $0.verdict == kind }
            return count == 0 ? nil : "\(count) \(kind.rawValue)\(kind == .fact && count > 1 ? "s" : "")"
        }
        guard counts.isEmpty else { return counts.joined(separator: ", ") }
        let tests = verdict.claim.tests.count
        return tests == 0 ? "policy" : tests == 1 ? "a test of the program" : "\(tests) tests of the program"
    }

    private static func remark(_ finding: Finding) -> String? {
        switch finding.verdict {
        case .red:
            "\(finding.probe) as \(finding.vantage.rawValue): expected \(finding.expected), got \(finding.actual)"
        case .skipped:
            "\(finding.probe) as \(finding.vantage.rawValue): \(finding.actual.replacing("skipped:", with: "skipped: "))"
        case .green, .fact: nil
        }
    }
}
