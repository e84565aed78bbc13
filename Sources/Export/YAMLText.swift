// SPDX-License-Identifier: Apache-2.0

/// Writes YAML 1.1 and 1.2 alike: block style, two spaces per level, and double quotes around every string that any
/// version could read as another type.
package enum YAMLText {
    /// The document, with a newline at the end.
    package static func document(_ value: ExportedValue) -> String {
        lines(value).joined(separator: "\n") + "\n"
    }

    private static func lines(_ value: ExportedValue) -> [String] {
        switch value {
        case .text(let text): [scalar(text)]
        case .number(let number): ["\(number)"]
        case .flag(let flag): [flag ? "true" : "false"]
        case .list(let items) where items.isEmpty: ["[]"]
        case .list(let items): items.flatMap { item($0) }
        case .map(let members) where members.isEmpty: ["{}"]
        case .map(let members): members.flatMap { member($0) }
        }
    }

    private static func item(_ value: ExportedValue) -> [String] {
        lines(value).enumerated().map { index, line in (index == 0 ? "- " : "  ") + line }
    }

    private static func member(_ member: ExportedMember) -> [String] {
        let (key, below) = ("\(scalar(member.key)):", lines(member.value))
        guard isBlock(member.value) else { return ["\(key) \(below.joined())"] }
        return [key] + below.map { "  " + $0 }
    }

    private static func isBlock(_ value: ExportedValue) -> Bool {
        switch value {
        case .list(let items): !items.isEmpty
        case .map(let members): !members.isEmpty
        case .text, .number, .flag: false
        }
    }

    /// Words that are another type in YAML 1.1 or 1.2.
    private static let reserved: Set<String> = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan"]

    /// A plain word without any character that YAML gives a meaning to, or a quoted string with JSON's escapes, which
    /// YAML has as well (YAML 1.2.2, section 5.7).
    private static func scalar(_ text: String) -> String {
        guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "/"),
            text.utf8.allSatisfy({ isLetter($0) || (48...57).contains($0) || "_-./".utf8.contains($0) }),
            !reserved.contains(text.lowercased())
        else { return quoted(text) }
        return text
    }

    /// YAML takes characters that JSON does not escape for control characters or line breaks (YAML 1.2.2, section 5.1).
    private static func quoted(_ text: String) -> String {
        var result = ""
        for character in JSONText.string(text).unicodeScalars {
            switch character.value {
            case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF:
                let digits = String(character.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
}
