// SPDX-License-Identifier: Apache-2.0

import OCI

/// Finds members of a large JSON object (RFC 8259, 4) without parsing the others: it skips values by counting brackets
/// outside of strings.
struct JSONMembers {
    private let bytes: [UInt8]

    init(of bytes: [UInt8]) { self.bytes = bytes }

    /// The byte ranges of the values of wanted members. Names with escapes never match.
    ///
    /// - Throws: `OCIError.json` when the document is not an object, or is truncated.
    func values(_ isWanted: (String) -> Bool) throws -> [String: Range<Int>] {
        try bytes.withUnsafeBufferPointer { buffer in
            var cursor = Cursor(bytes: buffer)
            var found: [String: Range<Int>] = [:]
            try cursor.expect(UInt8(ascii: "{"))
            if cursor.accept(UInt8(ascii: "}")) { return found }
            repeat {
                let name = try cursor.string()
                try cursor.expect(UInt8(ascii: ":"))
                let start = cursor.position
                try cursor.skipValue()
                let text = String(decoding: buffer[name], as: UTF8.self)
                if isWanted(text) { found[text] = start..<cursor.position }
            } while cursor.accept(UInt8(ascii: ","))
            try cursor.expect(UInt8(ascii: "}"))
            return found
        }
    }
}

private struct Cursor {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    private func fault(_ problem: JSONProblem) -> OCIError {
        let before = bytes[..<min(position, bytes.count)]
        return .json(problem, line: before.count { $0 == 10 } + 1, column: 1)
    }

    private mutating func next() throws -> UInt8 {
        while position < bytes.count, [32, 9, 10, 13].contains(bytes[position]) { position += 1 }
        guard position < bytes.count else { throw fault(.unexpectedEnd) }
        return bytes[position]
    }

    mutating func expect(_ byte: UInt8) throws {
        guard try next() == byte else { throw fault(.unexpected(bytes[position])) }
        position += 1
    }

    mutating func accept(_ byte: UInt8) -> Bool {
        guard let found = try? next(), found == byte else { return false }
        position += 1
        return true
    }

    /// The range of a string's contents; leaves the position after its closing quote.
    mutating func string() throws -> Range<Int> {
        try expect(UInt8(ascii: "\""))
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.count else { throw fault(.unexpectedEnd) }
        position += 1
        return start..<(position - 1)
    }

    /// Skips a value: to its closing bracket, or, for a scalar, to the first character that cannot be part of it.
    mutating func skipValue() throws {
        var depth = 0
        repeat {
            switch try next() {
            case UInt8(ascii: "\""): _ = try string()
            case UInt8(ascii: "{"), UInt8(ascii: "["): (depth, position) = (depth + 1, position + 1)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { throw fault(.unexpected(bytes[position])) }
                (depth, position) = (depth - 1, position + 1)
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw fault(.unexpected(bytes[position])) }
                position += 1
            default: skipWord()
            }
        } while depth > 0
    }

    private mutating func skipWord() {
        let ends = Array(" \t\r\n,:{}[]\"".utf8)
        while position < bytes.count, !ends.contains(bytes[position]) { position += 1 }
    }
}
