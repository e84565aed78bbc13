// SPDX-License-Identifier: Apache-2.0

/// A challenge of a server to authenticate: a scheme and its parameters (RFC 9110 section 11.6.1).
package struct AuthenticationChallenge: Hashable {
    /// The scheme in lower case, such as `bearer`.
    package let scheme: String
    /// The parameters, by name in lower case.
    package let parameters: [String: String]

    /// The challenges of a `WWW-Authenticate` field, up to the first part that cannot be parsed.
    package static func parse(_ field: String) -> [AuthenticationChallenge] {
        var scanner = FieldScanner(text: Array(field.utf8.prefix(1 << 13)))
        var challenges: [AuthenticationChallenge] = []
        while let scheme = scanner.token() {
            scanner.skipToken68()
            var parameters: [String: String] = [:]
            while let (name, value) = scanner.parameter() { parameters[name] = parameters[name] ?? value }
            challenges.append(AuthenticationChallenge(scheme: scheme.lowercased(), parameters: parameters))
        }
        return challenges
    }
}

/// Parses the tokens of a header field (RFC 9110 section 5.6).
private struct FieldScanner {
    let text: [UInt8]
    var position = 0

    /// The next token; skips commas and spaces before it.
    mutating func token() -> String? {
        skip { $0 == UInt8(ascii: ",") || Self.isSpace($0) }
        let start = position
        skip(Self.isTokenCharacter)
        return position > start ? String(decoding: text[start..<position], as: UTF8.self) : nil
    }

    /// The next `name=value`; `nil`, with nothing consumed, when another challenge or the end follows.
    mutating func parameter() -> (name: String, value: String)? {
        let start = position
        if let name = token() {
            skip(Self.isSpace)
            if next() == UInt8(ascii: "=") {
                position += 1
                skip(Self.isSpace)
                if let value = next() == UInt8(ascii: "\"") ? quoted() : token() { return (name.lowercased(), value) }
            }
        }
        position = start
        return nil
    }

    /// Skips a scheme's data in one piece, as of `Negotiate` (RFC 9110 section 11.2); nothing before parameters.
    mutating func skipToken68() {
        let start = position
        skip(Self.isSpace)
        let first = position
        skip { Self.isTokenCharacter($0) || $0 == UInt8(ascii: "/") }
        let isData = position > first && position > start
        skip { $0 == UInt8(ascii: "=") }
        skip(Self.isSpace)
        if !isData || !(next() == nil || next() == UInt8(ascii: ",")) { position = start }
    }

    private mutating func quoted() -> String? {
        position += 1
        var value: [UInt8] = []
        while let byte = next() {
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: value, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), let escaped = next() {
                position += 1
                value.append(escaped)
            } else {
                value.append(byte)
            }
        }
        return nil
    }

    private func next() -> UInt8? { position < text.count ? text[position] : nil }

    private mutating func skip(_ isSkipped: (UInt8) -> Bool) {
        while let byte = next(), isSkipped(byte) { position += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
