// SPDX-License-Identifier: Apache-2.0

import Core
import ImageBuilding
import Verify

/// Prints a report as a table, an HTML page or JSON.
struct ReportPrinter {
    let format: ReportFormat
    /// A file, or `-` for standard output.
    let output: String
    /// The capabilities of standard output.
    let terminal: OutputTerminal

    /// - Throws: `FileError`, errors of the encoder.
    func print(_ report: VerifyReport) throws {
        let bytes =
            switch format {
            case .json: try report.json()
            case .html: report.html()
            case .table: Array(text(report).utf8)
            }
        _ = try FileOrStandardOutput(output).write { sink in try bytes.withUnsafeBytes(sink) }
    }

    private func text(_ report: VerifyReport) -> String {
        let isFile = output != "-"
        let width = isFile ? nil : terminal.width
        var table = Table([.init("CLAIM"), .init("STATUS"), .init("WHAT", wraps: true), .init("EVIDENCE")])
        for row in report.rows {
            table.add([
                .init(row.id), .init(row.status.rawValue, style(row.status)), .init(row.title), .init(row.evidence),
            ])
        }
        return table.render(width: width, colour: !isFile && terminal.colour) + remarks(report, width)
            + ending(report, width)
    }

    private func remarks(_ report: VerifyReport, _ width: Int?) -> String {
        let remarks = report.rows.flatMap { row in row.remarks.map { "\(row.id)  \($0)" } } + report.stray
        return remarks.isEmpty ? "" : "\n" + remarks.map { $0.sanitized.hanging(by: 5, width: width) + "\n" }.joined()
    }

    private func ending(_ report: VerifyReport, _ width: Int?) -> String {
        let facts = report.subject.engine.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return """

            image    \(report.subject.image)
            profile  \(report.subject.profile)
            \("engine   \(facts.joined(separator: ", ").sanitized)".hanging(by: 9, width: width))
            \(report.summary)

            """
    }

    private func style(_ status: ClaimStatus) -> TextStyle {
        switch status {
        case .green: .good
        case .red: .bad
        case .skipped: .doubtful
        case .stated: .plain
        }
    }
}
