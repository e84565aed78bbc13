// SPDX-License-Identifier: Apache-2.0

/// Formats paths that a container chose, as text for a terminal.
enum ShownPath {
    /// The maximum number of shown bytes; the middle of a longer path is left out.
    private static let limit = 1024
    /// The same for a path in a sentence.
    private static let sentenceLimit = 240

    /// The text of a path: invalid UTF-8, control characters and characters that change the direction of text are
    /// written as `\xNN`.
    static func text(_ path: some Collection<UInt8>) -> String { text(path, limit: limit) }

    /// The text of a path in a sentence.
    static func brief(_ path: some Collection<UInt8>) -> String { text(path, limit: sentenceLimit) }

    /// A shorter form of the text of a path, for a sentence.
    static func brief(_ text: String) -> String {
        guard text.utf8.count > sentenceLimit else { return text }
        return "\(text.prefix(sentenceLimit / 4))[...]\(text.suffix(sentenceLimit / 2))"
    }

    /// The text of a path, without its middle when it is longer than `limit` bytes.
    static func text(_ path: some Collection<UInt8>, limit: Int) -> String {
        guard path.count > limit else { return escaped(path) }
        return "\(escaped(path.prefix(limit / 4)))[...]\(escaped(path.suffix(limit / 2)))"
    }

    private static func escaped(_ bytes: some Collection<UInt8>) -> String {
        if bytes.allSatisfy({ (32..<127).contains($0) && $0 != UInt8(ascii: "\\") }) {
            return String(decoding: bytes, as: UTF8.self)
        }
        var (text, left) = ("", Array(bytes)[...])
        while let first = left.first {
            // A scalar has 1 to 4 bytes (RFC 3629).
            let length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
            let part = left.prefix(length)
            let scalars = String(validating: part, as: UTF8.self)?.unicodeScalars
            if let scalar = scalars?.first, scalars?.count == 1, isShown(scalar) {
                text.unicodeScalars.append(scalar)
                left = left.dropFirst(part.count)
            } else {
                let bad = scalars?.count == 1 ? part : left.prefix(1)
                for byte in bad { text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
                left = left.dropFirst(bad.count)
            }
        }
        return text
    }

    /// A backslash is escaped, so that no name looks like an escaped one.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: scalar != "\\"
        }
    }
}
