// SPDX-License-Identifier: Apache-2.0

/// Finds functions, initialisers, subscripts and computed properties, and counts their lines.
struct FunctionScanner {
    /// A declaration with a body.
    struct Function: Equatable {
        /// The line of its keyword, starting at 1.
        let line: Int
        /// The number of lines from the keyword to the closing brace, inclusive.
        let length: Int
    }

    private let bytes: [UInt8]

    init(_ source: BlankedSource) { bytes = source.bytes }

    /// All functions, the outer before the inner.
    func functions() -> [Function] {
        var found: [Function] = []
        var line = 1
        for (offset, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") { line += 1 }
            guard isKeyword(at: offset), let open = bodyStart(from: offset) else { continue }
            found.append(Function(line: line, length: lineBreaks(in: offset..<bodyEnd(from: open)) + 1))
        }
        return found
    }

    private func isKeyword(at offset: Int) -> Bool {
        if offset > 0, Self.isWord(bytes[offset - 1]) || bytes[offset - 1] == UInt8(ascii: ".") { return false }
        let word = bytes[offset...].prefix(while: Self.isWord)
        return ["func", "init", "deinit", "subscript", "var"].contains { word.elementsEqual($0.utf8) }
    }

    /// The offset of the body's `{`; `nil` for a requirement, a stored property, a call.
    private func bodyStart(from start: Int) -> Int? {
        var depth = 0
        for offset in start..<bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "{") where depth == 0: return offset
            case UInt8(ascii: "}") where depth == 0, UInt8(ascii: ";") where depth == 0: return nil
            case UInt8(ascii: "\n") where depth == 0 && !continues(after: offset): return nil
            default: break
            }
            if depth < 0 { return nil }
        }
        return nil
    }

    /// Whether the declaration continues after the line break at `offset`.
    private func continues(after offset: Int) -> Bool {
        if let last = bytes[..<offset].last(where: { $0 != UInt8(ascii: " ") }), last == UInt8(ascii: ",") {
            return true
        }
        let next = bytes[offset...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        return ["{", "->", "where ", "throws", "async", "rethrows"].contains { next.starts(with: $0.utf8) }
    }

    /// The offset after the `}` that closes the `{` at `open`.
    private func bodyEnd(from open: Int) -> Int {
        var depth = 0
        for offset in open..<bytes.count {
            if bytes[offset] == UInt8(ascii: "{") { depth += 1 }
            if bytes[offset] == UInt8(ascii: "}") { depth -= 1 }
            if depth == 0 { return offset + 1 }
        }
        return bytes.count
    }

    private func lineBreaks(in range: Range<Int>) -> Int { bytes[range].count { $0 == UInt8(ascii: "\n") } }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
