// SPDX-License-Identifier: Apache-2.0

import Changes
import OCI

/// A report of changes as text.
struct ChangelogPrinter {
    let report: UpdateReport
    let explains: Bool

    /// The lines as in the changelog, followed by the explanation.
    var markdown: String {
        let notes = ReleaseNotes(of: report)
        let text = notes.isEmpty ? "Nothing changed.\n" : notes.markdown
        return (explains && !report.findings.isEmpty ? "\(text)\n\(report.explanation)" : text).sanitizedLines
    }

    /// `{schema, notes: {Security: […], …}, sources: […], consulted: […]}`
    var json: JSONValue {
        let notes = ReleaseNotes(of: report)
        let groups = notes.categories.map { ($0.rawValue, strings(notes.entries[$0] ?? [])) }
        return .object([
            "schema": .string("opencode-docker.changelog/1"),
            "notes": .object(Dictionary(uniqueKeysWithValues: groups)),
            "sources": .array(report.findings.map(json)),
            "consulted": .array(
                report.consulted.map {
                    .object(["kind": .string($0.kind), "digest": .string($0.digest.description)])
                }),
        ])
    }

    private func json(_ finding: SourceFinding) -> JSONValue {
        let update = finding.update
        return .object([
            "source": .string(update.source.text), "old": .string(update.old.text), "new": .string(update.new.text),
            "rebuild": .bool(update.isRebuild), "security": .bool(finding.isSecurity),
            "packages": strings(update.names.map(\.text)),
            "cves": .array(finding.cves.map(json)), "advisories": strings(finding.advisories.map(\.id.description)),
            "rebuiltWith": strings(finding.rebuiltParts.map { "\($0.package): \($0.source) \($0.new)" }),
            "notCounted": .array(
                finding.dismissed.map {
                    .object([
                        "id": .string($0.id.description), "version": .string($0.version.text),
                        "reason": .string($0.reason.sentence),
                    ])
                }),
            "remarks": strings(finding.remarks.map(\.sentence)),
        ])
    }

    private func json(_ finding: CVEFinding) -> JSONValue {
        .object([
            "id": .string(finding.id.description), "confidence": .string(finding.confidence.rawValue),
            "evidence": strings(finding.evidence.map(\.sentence)),
        ])
    }

    private func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
}
