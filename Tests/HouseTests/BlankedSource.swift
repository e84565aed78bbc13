// SPDX-License-Identifier: Apache-2.0

/// A Swift source with strings, comments and regular expressions replaced by blanks, so that a search finds only code.
///
/// Offsets and lines are those of the original. Code inside an interpolation is kept.
struct BlankedSource {
    /// The bytes of the code.
    private(set) var bytes: [UInt8]
    private var at = 0
    /// One entry per enclosing interpolation: its open parentheses, and the string to return to.
    private var interpolations: [(depth: Int, string: Quote)] = []

    /// The opening of a string literal: `"` or `"""`, after some `#`.
    private struct Quote {
        let hashes: Int
        let isMultiline: Bool
    }

    init(_ text: String) {
        bytes = Array(text.utf8)
        while at < bytes.count { step() }
    }

    /// The lines of the code.
    var lines: [String] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func step() {
        if starts("//") {
            blank(until: { $0.starts("\n") })
        } else if starts("/*") {
            blankBlockComment()
        } else if let quote = quoteHere() {
            blank(quote.hashes + (quote.isMultiline ? 3 : 1))
            blankString(quote)
        } else if starts("#/") {
            blank(2)
            blank(until: { $0.starts("/#") })
            blank(2)
        } else if isRegexHere() {
            blank(1)
            blank(until: { $0.starts("/") })
            blank(1)
        } else {
            countParentheses()
        }
    }

    private mutating func countParentheses() {
        let byte = bytes[at]
        at += 1
        guard let (depth, string) = interpolations.last else { return }
        if byte == UInt8(ascii: "(") { interpolations[interpolations.count - 1].depth += 1 }
        guard byte == UInt8(ascii: ")") else { return }
        interpolations[interpolations.count - 1].depth -= 1
        guard depth == 1 else { return }
        interpolations.removeLast()
        blankString(string)
    }

    /// Blanks up to the end of the string, or to an interpolation, which returns here at its end.
    private mutating func blankString(_ quote: Quote) {
        let hashes = String(repeating: "#", count: quote.hashes)
        let end = (quote.isMultiline ? "\"\"\"" : "\"") + hashes
        let escape = "\\" + hashes
        while at < bytes.count {
            if starts(end) { return blank(end.utf8.count) }
            if starts(escape + "(") {
                blank(escape.utf8.count)
                at += 1
                return interpolations.append((depth: 1, string: quote))
            }
            blank(starts(escape) ? escape.utf8.count + 1 : 1)
        }
    }

    private mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if starts("/*") { depth += 1 }
            if starts("*/") { depth -= 1 }
            blank(starts("/*") || starts("*/") ? 2 : 1)
        } while depth > 0 && at < bytes.count
    }

    private func quoteHere() -> Quote? {
        let hashes = bytes[at...].prefix { $0 == UInt8(ascii: "#") }.count
        guard starts("\"", ahead: hashes) else { return nil }
        return Quote(hashes: hashes, isMultiline: starts("\"\"\"", ahead: hashes))
    }

    /// A bare `/…/` in the position of an operand and closed in the same line; otherwise it is a division.
    private func isRegexHere() -> Bool {
        guard starts("/"), !starts(" ", ahead: 1) else { return false }
        let before = bytes[..<at].last { $0 != UInt8(ascii: " ") } ?? UInt8(ascii: "\n")
        guard "\n(=,:[{!&|".utf8.contains(before) else { return false }
        return bytes[(at + 1)...].prefix { $0 != UInt8(ascii: "\n") }.contains(UInt8(ascii: "/"))
    }

    private func starts(_ text: String, ahead: Int = 0) -> Bool { bytes.dropFirst(at + ahead).starts(with: text.utf8) }

    private mutating func blank(_ count: Int) {
        for _ in 0..<count where at < bytes.count {
            if bytes[at] != UInt8(ascii: "\n") { bytes[at] = UInt8(ascii: " ") }
            at += 1
        }
    }

    /// Blanks until `isEnd` is true; a backslash includes the next byte.
    private mutating func blank(until isEnd: (BlankedSource) -> Bool) {
        while at < bytes.count, !isEnd(self) { blank(starts("\\") ? 2 : 1) }
    }
}
