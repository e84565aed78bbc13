// SPDX-License-Identifier: Apache-2.0

/// An environment variable as text: `NAME=value`, or `NAME` alone (environ(7)). It is divided by bytes: a combining mark
/// at the beginning of a value would join the equals sign to one character.
package struct VariableAssignment: Hashable, Sendable {
    /// The name.
    package let name: String
    /// The value; `nil` for a name alone.
    package let value: String?

    /// Divides `text` at its first equals sign.
    package init(_ text: String) {
        let bytes = text.utf8
        guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else {
            (name, value) = (text, nil)
            return
        }
        name = String(Substring(bytes[..<equals]))
        value = String(Substring(bytes[bytes.index(after: equals)...]))
    }
}

extension String {
    /// The text with `replacement` in place of each `scalar`. Unlike `replacing`, which compares characters, it finds a
    /// scalar that a combining mark follows, as a shell or a parser does.
    package func replacingScalar(_ scalar: Unicode.Scalar, with replacement: String) -> String {
        var text = String.UnicodeScalarView()
        for found in unicodeScalars {
            if found == scalar { text.append(contentsOf: replacement.unicodeScalars) } else { text.append(found) }
        }
        return String(text)
    }
}
