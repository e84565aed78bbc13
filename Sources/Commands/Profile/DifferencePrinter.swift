// SPDX-License-Identifier: Apache-2.0

import Engine
import Foundation
import ImageDefinition

/// A comparison of two hardening definitions as text.
struct DifferencePrinter {
    let terminal: OutputTerminal

    /// - Throws: Errors of the encoder.
    func text(_ difference: HardeningDifference, _ format: OutputFormat) throws -> String {
        switch format {
        case .text: table(difference)
        case .json: try Self.json(difference)
        }
    }

    private func table(_ difference: HardeningDifference) -> String {
        guard !difference.changes.isEmpty else { return "equal\n" }
        var table = Table([
            .init("DIRECTION"), .init("PROFILE"), .init("WHAT", wraps: true), .init("BEFORE", wraps: true),
            .init("AFTER", wraps: true), .init("CLAIMS"),
        ])
        for change in difference.changes {
            table.add([
                .init(change.direction.rawValue, style(change.direction)), .init(change.profile ?? "-"),
                .init(change.what), .init(change.before), .init(change.after),
                .init(change.claims.joined(separator: " ")),
            ])
        }
        return table.render(width: terminal.width, colour: terminal.colour) + summary(difference)
    }

    private func summary(_ difference: HardeningDifference) -> String {
        let counts = HardeningDirection.allCases.map { way in
            "\(difference.changes.count { $0.direction == way }) \(way.rawValue)"
        }
        return "\n\(difference.direction?.rawValue ?? "equal"): \(counts.joined(separator: ", "))\n"
    }

    private func style(_ direction: HardeningDirection) -> TextStyle {
        switch direction {
        case .weaker: .bad
        case .stronger: .good
        case .changed: .doubtful
        }
    }

    /// `{schema, verdict: equal|stronger|weaker|changed, changes: [{direction, profile?, what, before, after,
    /// claims}]}`
    private static func json(_ difference: HardeningDifference) throws -> String {
        struct Document: Encodable {
            let schema = "opencode-docker.profile-diff/1"
            let verdict: String
            let changes: [HardeningChange]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(verdict: difference.direction?.rawValue ?? "equal", changes: difference.changes)
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }
}
