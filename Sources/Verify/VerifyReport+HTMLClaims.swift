// SPDX-License-Identifier: Apache-2.0

import Claims
import Core

extension VerifyReport {
    var claimsSection: HTML {
        """
        <section>
        <h2>Claims</h2>
        <p class="note">Each claim of SECURITY.md with the evidence for it. A probe looks as the agent, as the \
        container's root, or from the host; what it finds has to be exactly what is expected.</p>
        \(claims.map(Self.card))</section>

        """
    }

    /// Failed claims are expanded by default.
    private static func card(_ verdict: ClaimVerdict) -> HTML {
        let status = verdict.status.rawValue
        let summary: HTML = """
            <span class="id">\(verdict.claim.id)</span><span class="title">\(verdict.claim.title)</span>\
            <span class="pill \(status)">\(status)</span><span class="sum">\(evidence(verdict))</span>
            """
        guard !verdict.findings.isEmpty || !verdict.claim.tests.isEmpty else {
            return "<div class=\"card flat\">\(summary)</div>\n"
        }
        let open: HTML = verdict.status == .red ? " open" : ""
        return """
            <details class="card"\(open)>
            <summary>\(summary)</summary>
            \(verdict.findings.isEmpty ? "" : table(verdict.findings))\(tests(verdict.claim))</details>

            """
    }

    private static func tests(_ claim: Claim) -> HTML {
        guard !claim.tests.isEmpty else { return "" }
        return "<p class=\"note\">Tests of the program:\(claim.tests.map { " <code>\($0)</code>" as HTML })</p>\n"
    }

    /// Red findings first, the others in their original order.
    static func table(_ findings: [Finding]) -> HTML {
        let ordered = findings.filter { $0.verdict == .red } + findings.filter { $0.verdict != .red }
        return """
            <table>
            <thead><tr><th>Probe</th><th>Seen by</th><th>Expected</th><th>Found</th></tr></thead>
            <tbody>
            \(ordered.map(line))</tbody>
            </table>

            """
    }

    private static func line(_ finding: Finding) -> HTML {
        """
        <tr class="\(finding.verdict.rawValue)"><td><i class="dot" title="\(finding.verdict.rawValue)"></i>\
        <code>\(finding.probe)</code></td><td>\(finding.vantage.rawValue)</td>\
        <td data-name="expected">\(finding.expected)</td><td data-name="found">\(finding.actual)</td></tr>

        """
    }
}
