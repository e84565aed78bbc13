// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text without control characters, because names come from untrusted sources.
    package var sanitized: String {
        guard unicodeScalars.contains(where: Self.directs) else { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars { text.append(Self.directs(scalar) ? "?" : scalar) }
        return String(text)
    }

    /// Whether it directs a terminal instead of being shown: control characters (ECMA-48), separators of lines, and the
    /// marks that reverse a text's direction (UAX #9).
    private static func directs(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<32, 127...159, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Lines of a package's changelog, sanitized for a terminal.
    package var sanitizedLines: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { String($0).sanitized }.joined(separator: "\n")
    }
}
