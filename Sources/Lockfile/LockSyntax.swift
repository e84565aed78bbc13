// SPDX-License-Identifier: Apache-2.0

/// A JSON value of a lock with the line that it begins on. Locks have only objects, arrays, strings and whole numbers.
struct LockValue {
    indirect enum Content {
        case object([String: LockValue])
        case array([LockValue])
        case string(String)
        case number(UInt64)
    }
    let content: Content
    let line: Int
}

/// Parses JSON (RFC 8259) strictly: no duplicate keys, no trailing data, bounded depth.
struct LockSyntax {
    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private var line = 1

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// The only value of the document.
    mutating func document() throws(LockError) -> LockValue {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw unexpected("the end") }
        return value
    }

    private mutating func value(depth: Int) throws(LockError) -> LockValue {
        skipSpace()
        let start = line
        guard depth < 8, position < bytes.count else { throw unexpected("a value") }
        let content: LockValue.Content =
            switch bytes[position] {
            case UInt8(ascii: "{"): .object(try object(depth: depth))
            case UInt8(ascii: "["): .array(try array(depth: depth))
            case UInt8(ascii: "\""): .string(try string())
            case 48...57: .number(try number())
            default: throw unexpected("an object, a list, a string or a number")
            }
        return LockValue(content: content, line: start)
    }

    private mutating func object(depth: Int) throws(LockError) -> [String: LockValue] {
        var fields: [String: LockValue] = [:]
        position += 1
        if take("}") { return fields }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw unexpected("a name") }
            let (name, start) = (try string(), line)
            guard take(":") else { throw unexpected("':'") }
            let value = try value(depth: depth + 1)
            guard fields.updateValue(value, forKey: name) == nil else {
                throw .malformed(file: file, line: start, reason: "'\(name.prefix(40))' occurs twice")
            }
        } while take(",")
        guard take("}") else { throw unexpected("',' or '}'") }
        return fields
    }

    private mutating func array(depth: Int) throws(LockError) -> [LockValue] {
        var values: [LockValue] = []
        position += 1
        if take("]") { return values }
        repeat { values.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw unexpected("',' or ']'") }
        return values
    }

    private mutating func number() throws(LockError) -> UInt64 {
        let start = position
        while position < bytes.count, (48...57).contains(bytes[position]) { position += 1 }
        let digits = bytes[start..<position]
        guard digits.count == 1 || digits.first != 48, let value = UInt64(String(decoding: digits, as: UTF8.self))
        else {
            throw unexpected("a whole number")
        }
        return value
    }

    private mutating func string() throws(LockError) -> String {
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw unexpected("UTF-8") }
                return string
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<32: throw unexpected("the end of a string")
            default: text.append(byte)
            }
        }
        throw unexpected("the end of a string")
    }

    private mutating func escape() throws(LockError) -> [UInt8] {
        guard position < bytes.count else { throw unexpected("an escape") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            let digits = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self)
            guard digits.utf8.count == 4, let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else {
                throw unexpected("four hexadecimal digits")
            }
            position += 4
            return Array(String(scalar).utf8)
        default: throw unexpected("an escape")
        }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 10: line += 1
            case 32, 9, 13: break
            default: return
            }
            position += 1
        }
    }

    private func unexpected(_ expected: String) -> LockError {
        .malformed(file: file, line: line, reason: "expected \(expected)")
    }
}
