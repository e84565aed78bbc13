// SPDX-License-Identifier: Apache-2.0

import Core
import ImageComparison
import OCI

/// The result of `diff`.
struct DiffReport {
    let moves: [PackageMove]
    let pull: PullEstimate
    /// The gzip size, when the image exists with both compressions.
    let gzip: PullEstimate?
    let budget: ByteSize?
    /// The differences between the two locks other than packages, each as a clause.
    var choices: [String] = []
    /// The updates that the newer lock holds back, each as a sentence.
    var warnings: [String] = []

    /// Whether the size is within the budget.
    var isWithinBudget: Bool { budget.map { pull.bytes <= $0.bytes } ?? true }

    /// The sources whose new version comes from the security archive, and the version.
    private var securitySources: [(name: String, version: String)] {
        let pairs = moves.filter(\.isSecurity).map { ($0.source, $0.sourceVersion) }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first }).sorted { $0.key < $1.key }
            .map { (name: $0.key, version: $0.value) }
    }

    /// The report as text.
    func text(terminal: OutputTerminal) -> String {
        var text = moves.isEmpty ? "The same packages.\n" : table.render(width: terminal.width, colour: terminal.colour)
        if !securitySources.isEmpty {
            let list = securitySources.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
            text += "\nsecurity  \(list.sanitized)\n"
        }
        for (number, choice) in choices.enumerated() {
            text += "\(number == 0 ? "\nchosen    " : "          ")\(choice.sanitized)\n"
        }
        for (number, warning) in warnings.enumerated() {
            text += "\(number == 0 ? "\nkept back " : "          ")\(warning.sanitized)\n"
        }
        let exactly = pull.isExact ? "" : ", estimated"
        text +=
            "\npull      \(ByteSize(pull.bytes)) of \(ByteSize(pull.total))\(exactly)\(alternative)\n"
        for part in pull.parts.sorted(by: { ($1.bytes, $0.name) < ($0.bytes, $1.name) }) {
            let size = ByteSize(part.bytes).description.padded(to: 8, right: true)
            text += "  \(part.isExact ? " " : "~")\(size)  \(part.name.sanitized)\n"
        }
        guard let budget else { return text }
        return text + "budget    \(ByteSize(budget.bytes)): \(isWithinBudget ? "kept" : "exceeded")\n"
    }

    private var alternative: String {
        gzip.map { " (zstd); \(ByteSize($0.bytes)) of \(ByteSize($0.total)) with gzip" } ?? ""
    }

    private var table: Table {
        var table = Table([
            .init(""), .init("PACKAGE"), .init("OLD", wraps: true), .init("NEW", wraps: true), .init("SOURCE"),
            .init(""),
        ])
        for move in moves {
            table.add([
                .init(sign(move)), .init(move.name), .init(move.old ?? ""), .init(move.new ?? ""), .init(move.source),
                .init(move.isSecurity ? "security" : "", .doubtful),
            ])
        }
        return table
    }

    private func sign(_ move: PackageMove) -> String { move.old == nil ? "+" : move.new == nil ? "-" : "~" }

    /// The report as JSON.
    var json: JSONValue {
        var object: [String: JSONValue] = [
            "packages": .array(moves.map(json)),
            "securitySources": .array(
                securitySources.map { .object(["name": .string($0.name), "version": .string($0.version)]) }),
            "pull": .object([
                "bytes": number(pull.bytes), "total": number(pull.total), "exact": .bool(pull.isExact),
                "parts": .array(
                    pull.parts.map {
                        .object(["name": .string($0.name), "bytes": number($0.bytes), "exact": .bool($0.isExact)])
                    }),
            ]),
        ]
        if !choices.isEmpty { object["choices"] = .array(choices.map(JSONValue.string)) }
        if !warnings.isEmpty { object["warnings"] = .array(warnings.map(JSONValue.string)) }
        if let gzip {
            object["gzip"] = .object(["bytes": number(gzip.bytes), "total": number(gzip.total)])
        }
        if let budget {
            object["budget"] = .object(["bytes": number(budget.bytes), "kept": .bool(isWithinBudget)])
        }
        return .object(object)
    }

    private func json(_ move: PackageMove) -> JSONValue {
        .object([
            "name": .string(move.name), "old": move.old.map(JSONValue.string) ?? .null,
            "new": move.new.map(JSONValue.string) ?? .null, "source": .string(move.source),
            "sourceVersion": .string(move.sourceVersion), "security": .bool(move.isSecurity),
        ])
    }

    private func number(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }
}
