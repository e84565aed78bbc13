// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct JSONParserTests {
    static let accepted: [(String, JSONValue)] = [
        (" \t\r\n[ 1 , -0 , { } ] \n", .array([.integer(1), .integer(0), .object([:])])),
        (#""\u00e9\/\uD83D\uDE00""#, .string("é/😀")), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), (#"{"":{"a":null}}"#, .object(["": .object(["a": .null])])),
    ]

    @Test(arguments: accepted) func accepts(_ text: String, _ value: JSONValue) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)) == value)
    }

    static let refused: [(String, JSONProblem, Int, Int)] = [
        ("", .unexpectedEnd, 1, 1), ("[1,", .unexpectedEnd, 1, 4), ("\"abc", .unexpectedEnd, 1, 5),
        ("\"\\u12", .unexpectedEnd, 1, 6), ("-", .unexpectedEnd, 1, 2), ("tru", .unexpectedEnd, 1, 4),
        ("[1,]", .unexpected(0x5D), 1, 4), ("{\"a\":1,}", .unexpected(0x7D), 1, 8), ("[1 2]", .unexpected(0x32), 1, 4),
        ("{a:1}", .unexpected(0x61), 1, 2), ("{\n \"a\" 1}", .unexpected(0x31), 2, 6), ("1 1", .unexpected(0x31), 1, 3),
        ("01", .unexpected(0x31), 1, 2), ("+1", .unexpected(0x2B), 1, 1), (".5", .unexpected(0x2E), 1, 1),
        ("NaN", .unexpected(0x4E), 1, 1), ("nulL", .unexpected(0x4C), 1, 4), ("'a'", .unexpected(0x27), 1, 1),
        ("\"\u{1}\"", .unexpected(1), 1, 2), ("\"a\nb\"", .unexpected(0x0A), 1, 3), ("[]//", .unexpected(0x2F), 1, 3),
        ("\u{FEFF}1", .unexpected(0xEF), 1, 1), ("[\u{A0}]", .unexpected(0xC2), 1, 2), ("[1\0]", .unexpected(0), 1, 3),
        ("1.5", .fraction, 1, 1), ("[1e3]", .fraction, 1, 2), ("1E400", .fraction, 1, 1), ("1.0", .fraction, 1, 1),
        ("9223372036854775808", .numberTooLarge, 1, 1), ("-9223372036854775809", .numberTooLarge, 1, 1),
        ("99999999999999999999999999", .numberTooLarge, 1, 1),
        (#""\x""#, .invalidEscape, 1, 2), (#""\uD800""#, .invalidEscape, 1, 2), (#""\uDC00""#, .invalidEscape, 1, 2),
        (#""\uD800\u0041""#, .invalidEscape, 1, 2), (#""\u00zz""#, .invalidEscape, 1, 2),
        (#"{"a":1,"\u0061":2}"#, .duplicateKey("a"), 1, 8),
        ("{\"é\":1,\"e\u{301}\":2}", .duplicateKey("e\u{301}"), 1, 9),
    ]

    @Test(arguments: refused) func refuses(_ text: String, _ problem: JSONProblem, _ line: Int, _ column: Int) {
        #expect(throws: OCIError.json(problem, line: line, column: column)) { try JSONValue(parsing: Array(text.utf8)) }
    }

    static let notUTF8: [[UInt8]] = [
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3], [0x80], [0xE2, 0x82],
    ]

    @Test(arguments: notUTF8) func refusesNotUTF8(_ bytes: [UInt8]) {
        #expect(throws: OCIError.json(.invalidUTF8, line: 1, column: 1)) {
            try JSONValue(parsing: [0x22] + bytes + [0x22])
        }
    }

    @Test(arguments: [("[", "]"), ("{\"a\":", "}")]) func boundsTheDepth(_ open: String, _ close: String) throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
        }
        _ = try JSONValue(parsing: nested(JSONValue.depthLimit))
        let column = open.utf8.count * JSONValue.depthLimit + 1
        #expect(throws: OCIError.json(.tooDeep, line: 1, column: column)) {
            try JSONValue(parsing: nested(JSONValue.depthLimit + 1))
        }
        #expect(throws: OCIError.self) { try JSONValue(parsing: Array(String(repeating: open, count: 1 << 20).utf8)) }
    }

    @Test func boundsTheSize() {
        #expect(throws: OCIError.json(.tooLarge(limit: 3), line: 1, column: 1)) {
            try JSONValue(parsing: Array("1234".utf8), limit: 3)
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>) func roundTripsAndSurvivesDamage(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let value = RandomJSON.value(depth: 5, &generator)
        let bytes = value.canonical()
        #expect(try JSONValue(parsing: bytes) == value)
        #expect(try JSONValue(parsing: Array(value.pretty().utf8)).canonical() == bytes)
        for _ in 0..<200 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<damaged.count, using: &generator)
                damaged[place] = UInt8.random(in: 0...255, using: &generator)
            }
            damaged.removeLast(Int.random(in: 0...(damaged.count / 4), using: &generator))
            // Refused, or parsed to a value whose text parses to the same value.
            guard let understood = try? JSONValue(parsing: damaged) else { continue }
            #expect(try JSONValue(parsing: understood.canonical()) == understood)
        }
    }

    /// Python sorts by code points, which is the order of UTF-8 bytes.
    @Test func agreesWithPython() throws {
        let scratch = try Scratch()
        let file = scratch.root.appending("values")
        var generator = SeededGenerator(seed: 7)
        let value = JSONValue.array((0..<200).map { _ in RandomJSON.value(depth: 4, &generator) })
        let bytes = value.canonical()
        try Files.write(bytes, to: file)
        let program = """
            import json, sys
            text = json.dumps(json.load(sys.stdin.buffer), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            sys.stdout.buffer.write(text.encode())
            """
        #expect(try run(["python3", "-c", program], input: file).output == bytes)
    }
}

/// Random small JSON values.
enum RandomJSON {
    static func value(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &generator) {
        case 0: return Bool.random(using: &generator) ? .null : .bool(Bool.random(using: &generator))
        case 1: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 2: return .integer(Int64.random(in: -9...9, using: &generator))
        case 3: return .string(text(&generator))
        case 4:
            return .array(
                (0..<Int.random(in: 0..<5, using: &generator)).map { _ in value(depth: depth - 1, &generator) })
        default:
            let members = (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
                (text(&generator), value(depth: depth - 1, &generator))
            }
            return .object(Dictionary(members, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// Without combining marks: canonically equivalent strings are one key.
    private static func text(_ generator: inout SeededGenerator) -> String {
        let alphabet: [Character] = [
            "a", "Z", "\"", "\\", "/", "\n", "\u{1}", "\u{7F}", "é", "語", "😀", "\u{FFFD}", " ",
        ]
        return String(
            (0..<Int.random(in: 0..<8, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            })
    }
}
