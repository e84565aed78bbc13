// SPDX-License-Identifier: Apache-2.0

import OCI

/// Writes JSON with the order of the maps kept: two spaces per level.
package enum JSONText {
    /// The document, with a newline at the end.
    package static func document(_ value: ExportedValue) -> String { text(value, "") + "\n" }

    /// A string with its quotes, escaped as in RFC 8785.
    static func string(_ text: String) -> String {
        String(decoding: JSONValue.string(text).canonical(), as: UTF8.self)
    }

    private static func text(_ value: ExportedValue, _ margin: String) -> String {
        switch value {
        case .text(let text): string(text)
        case .number(let number): "\(number)"
        case .flag(let flag): flag ? "true" : "false"
        case .list(let items): block("[", items.map { text($0, margin + "  ") }, "]", margin)
        case .map(let members):
            block("{", members.map { "\(string($0.key)): \(text($0.value, margin + "  "))" }, "}", margin)
        }
    }

    private static func block(_ open: String, _ parts: [String], _ close: String, _ margin: String) -> String {
        guard !parts.isEmpty else { return open + close }
        let inner = "\n\(margin)  "
        return open + inner + parts.joined(separator: "," + inner) + "\n" + margin + close
    }
}
