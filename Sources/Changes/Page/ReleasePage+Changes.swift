// SPDX-License-Identifier: Apache-2.0

import Core
import Debian

extension ReleasePage {
    /// The changelog entries.
    var notesSection: HTML {
        let groups = notes.categories.map { category -> HTML in
            let lines = (notes.entries[category] ?? []).map { NoteLine($0).html }
            return "<h3>\(category.rawValue)</h3>\n<ul class=\"sheet notes\">\n\(lines)</ul>\n"
        }
        let body: HTML = groups.isEmpty ? "<p class=\"note\">Nothing changed.</p>\n" : HTML(groups)
        return "<section>\n<h2>What changed</h2>\n\(body)</section>\n"
    }

    /// The evidence for each source.
    var evidenceSection: HTML {
        guard !report.findings.isEmpty else { return "" }
        return """
            <section>
            <h2>Evidence</h2>
            <p class="note">The evidence in each source's changelog and in Debian's security data, with confidence.</p>
            \(report.findings.map(card))</section>

            """
    }

    private func card(_ finding: SourceFinding) -> HTML {
        let count = finding.cves.count
        let words =
            count == 0 ? (finding.isSecurity ? "security" : "maintenance") : "\(count) CVE\(count == 1 ? "" : "s")"
        return """
            <details class="card">
            <summary><span class="title">\(finding.update.sentence.withArrows)</span>\
            <span class="pill \(finding.isSecurity ? "security" : "plain")">\(words)</span></summary>
            \(table(finding))\(remarks(finding))</details>

            """
    }

    private func table(_ finding: SourceFinding) -> HTML {
        guard !finding.cves.isEmpty else { return "" }
        let rows = finding.cves.map { cve -> HTML in
            let evidence = cve.evidence.map { item -> HTML in "<div>\(item.sentence)</div>" }
            return """
                <tr><td><code>\(cve.id.description)</code></td><td>\(cve.confidence.rawValue)</td><td>\(evidence)</td></tr>

                """
        }
        return """
            <table>
            <thead><tr><th>CVE</th><th>Confidence</th><th>Evidence</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>

            """
    }

    /// The mentions that were not counted, and the remarks.
    private func remarks(_ finding: SourceFinding) -> HTML {
        let lines = finding.notCounted + finding.remarks.map(\.sentence)
        if lines.isEmpty { return finding.cves.isEmpty ? "<p class=\"quiet\">Nothing more is known.</p>\n" : "" }
        return "<ul class=\"quiet\">\n\(lines.map { line -> HTML in "<li>\(line)</li>\n" })</ul>\n"
    }
}
