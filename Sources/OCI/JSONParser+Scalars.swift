// SPDX-License-Identifier: Apache-2.0

extension JSONParser {
    /// Parses a whole number: `-? (0 | [1-9][0-9]*)`, within 64 bits.
    mutating func parseInteger() throws -> Int64 {
        let start = position
        let negative = accept(UInt8(ascii: "-"))
        guard Self.isDigit(try peek()) else { throw fault(.unexpected(bytes[position])) }
        let leadingZero = bytes[position] == UInt8(ascii: "0")
        var number: Int64 = 0
        var digits = 0
        while position < bytes.count, Self.isDigit(bytes[position]) {
            if leadingZero && digits > 0 { throw fault(.unexpected(bytes[position])) }
            let digit = Int64(bytes[position] - UInt8(ascii: "0"))
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            // Accumulated as a negative number, whose range is larger.
            let (sum, overflowed) = tens.subtractingReportingOverflow(digit)
            guard !overflow, !overflowed else { throw fault(.numberTooLarge, at: start) }
            number = sum
            digits += 1
            position += 1
        }
        if position < bytes.count, ".eE".utf8.contains(bytes[position]) { throw fault(.fraction, at: start) }
        if negative { return number }
        guard number != .min else { throw fault(.numberTooLarge, at: start) }
        return -number
    }

    /// Parses a string, including its quotes.
    mutating func parseString() throws -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while true {
            let runStart = position
            while position < bytes.count, Self.isPlain(bytes[position]) { position += 1 }
            text += bytes[runStart..<position]
            switch try peek() {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: text, as: UTF8.self) else { throw fault(.invalidUTF8, at: start) }
                return string
            case UInt8(ascii: "\\"): text += try parseEscape()
            default: throw fault(.unexpected(bytes[position]))
            }
        }
    }

    private mutating func parseEscape() throws -> [UInt8] {
        let start = position
        position += 1
        let letter = try peek()
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return try parseUnicodeEscape(start)
        default: throw fault(.invalidEscape, at: start)
        }
    }

    /// Parses the digits after `\u`; characters beyond the first plane are surrogate pairs (RFC 8259 section 7).
    private mutating func parseUnicodeEscape(_ start: Int) throws -> [UInt8] {
        let first = try parseFourDigits(start)
        var code = first
        if (0xD800..<0xDC00).contains(first) {
            guard accept(UInt8(ascii: "\\")), accept(UInt8(ascii: "u")) else { throw fault(.invalidEscape, at: start) }
            let second = try parseFourDigits(start)
            guard (0xDC00..<0xE000).contains(second) else { throw fault(.invalidEscape, at: start) }
            code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault(.invalidEscape, at: start) }
        return Array(String(scalar).utf8)
    }

    private mutating func parseFourDigits(_ start: Int) throws -> UInt32 {
        guard bytes.count - position >= 4 else { throw fault(.unexpectedEnd, at: bytes.count) }
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Self.hexValue(bytes[position]) else { throw fault(.invalidEscape, at: start) }
            code = code << 4 | digit
            position += 1
        }
        return code
    }

    private static func hexValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Whether the byte needs no escape; control characters, quotes and backslashes do.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
