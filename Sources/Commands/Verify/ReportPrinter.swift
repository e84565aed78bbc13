// SPDX-License-Identifier: Apache-2.0

import Glibc
import Verify

/// Prints a report on standard output: a table for people or JSON for programs.
struct ReportPrinter {
    let format: ReportFormat
    let surroundings: Surroundings

    /// - Throws: What the encoder throws.
    func print(_ report: VerifyReport) throws {
        switch format {
        case .json: Swift.print(String(decoding: try report.json(), as: UTF8.self), terminator: "")
        case .table: printTable(report)
        }
    }

    private func printTable(_ report: VerifyReport) {
        let terminal = surroundings.standardOutput
        var table = Table([.init("CLAIM"), .init("STATUS"), .init("WHAT", canShrink: true), .init("EVIDENCE")])
        for row in report.rows {
            table.add([
                .init(row.id), .init(row.status.rawValue, style(row.status)), .init(row.title), .init(row.evidence),
            ])
        }
        Swift.print(table.render(width: terminal.width, colour: terminal.colour), terminator: "")
        printRemarks(report)
        Swift.print("\nimage    \(report.subject.image)\nprofile  \(report.subject.profile)")
        let facts = report.subject.engine.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        Swift.print("engine   \(facts.joined(separator: ", "))\n\(report.summary)")
    }

    private func printRemarks(_ report: VerifyReport) {
        let remarks = report.rows.flatMap { row in row.remarks.map { "\(row.id)  \($0)" } } + report.stray
        if !remarks.isEmpty { Swift.print("\n" + remarks.map(\.harmless).joined(separator: "\n")) }
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
