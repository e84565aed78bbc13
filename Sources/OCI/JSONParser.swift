// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// The default maximum size of a document in bytes.
    package static let sizeLimit = 16 << 20
    /// The maximum nesting depth of lists and maps.
    package static let depthLimit = 64

    /// Parses a document strictly (RFC 8259): UTF-8 without a byte order mark, one value, no duplicate keys, no
    /// fractions, no numbers beyond 64 bits, at most `limit` bytes and `depthLimit` levels.
    ///
    /// - Throws: `OCIError.json` with the line and the column of the first error, both counted from 1, in bytes.
    package init(parsing bytes: [UInt8], limit: Int = JSONValue.sizeLimit) throws {
        guard bytes.count <= limit else { throw OCIError.json(.tooLarge(limit: limit), line: 1, column: 1) }
        self = try bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(bytes: buffer)
            return try parser.parseDocument()
        }
    }
}

/// The reason why a JSON text is invalid.
package enum JSONProblem: Hashable, Sendable {
    /// The text is too large.
    case tooLarge(limit: Int)
    /// The nesting is deeper than `JSONValue.depthLimit`.
    case tooDeep
    /// The text ends inside a value.
    case unexpectedEnd
    /// The byte is not allowed at its position.
    case unexpected(UInt8)
    /// The map has a duplicate key.
    case duplicateKey(String)
    /// A number with a fraction or an exponent.
    case fraction
    /// A number beyond 64 bits.
    case numberTooLarge
    /// The text is not UTF-8.
    case invalidUTF8
    /// An unknown escape, or half of a surrogate pair.
    case invalidEscape
}

/// A recursive descent parser; its depth is bounded, and so is the stack.
struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0
    var depth = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func parseDocument() throws -> JSONValue {
        skipSpace()
        let value = try parseValue()
        skipSpace()
        guard position == bytes.count else { throw fault(.unexpected(bytes[position])) }
        return value
    }

    /// The error at `place`, by default the current position.
    func fault(_ problem: JSONProblem, at place: Int? = nil) -> OCIError {
        let before = bytes[..<min(place ?? position, bytes.count)]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return .json(problem, line: line, column: before.count - lineStart + 1)
    }

    func peek() throws -> UInt8 {
        guard position < bytes.count else { throw fault(.unexpectedEnd) }
        return bytes[position]
    }

    mutating func expect(_ byte: UInt8) throws {
        guard try peek() == byte else { throw fault(.unexpected(bytes[position])) }
        position += 1
    }

    /// Consumes `byte` if it is next.
    mutating func accept(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func parseValue() throws -> JSONValue {
        switch try peek() {
        case UInt8(ascii: "{"): try nested { try $0.parseObject() }
        case UInt8(ascii: "["): try nested { try $0.parseArray() }
        case UInt8(ascii: "\""): .string(try parseString())
        case UInt8(ascii: "t"): try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): try parseWord("null", .null)
        default: .integer(try parseInteger())
        }
    }

    private mutating func nested(_ body: (inout JSONParser) throws -> JSONValue) throws -> JSONValue {
        guard depth < JSONValue.depthLimit else { throw fault(.tooDeep) }
        depth += 1
        defer { depth -= 1 }
        position += 1
        skipSpace()
        return try body(&self)
    }

    private mutating func parseObject() throws -> JSONValue {
        var members: [String: JSONValue] = [:]
        if accept(UInt8(ascii: "}")) { return .object(members) }
        while true {
            let keyStart = position
            guard try peek() == UInt8(ascii: "\"") else { throw fault(.unexpected(bytes[position])) }
            let key = try parseString()
            skipSpace()
            try expect(UInt8(ascii: ":"))
            skipSpace()
            let value = try parseValue()
            guard members.updateValue(value, forKey: key) == nil else {
                throw fault(.duplicateKey(String(key.prefix(80))), at: keyStart)
            }
            skipSpace()
            if accept(UInt8(ascii: "}")) { return .object(members) }
            try expect(UInt8(ascii: ","))
            skipSpace()
        }
    }

    private mutating func parseArray() throws -> JSONValue {
        var items: [JSONValue] = []
        if accept(UInt8(ascii: "]")) { return .array(items) }
        while true {
            items.append(try parseValue())
            skipSpace()
            if accept(UInt8(ascii: "]")) { return .array(items) }
            try expect(UInt8(ascii: ","))
            skipSpace()
        }
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        for byte in word.description.utf8 { try expect(byte) }
        return value
    }
}
