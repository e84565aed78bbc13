// SPDX-License-Identifier: Apache-2.0

/// A fragment of an HTML document. Literals are markup; interpolated text is escaped unless it is `HTML`, so that text
/// from an image, a probe or a machine cannot become markup.
package struct HTML: Hashable, Sendable {
    /// The markup.
    package let markup: String

    /// Concatenates fragments.
    package init(_ pieces: some Sequence<HTML>) { markup = pieces.map(\.markup).joined() }

    /// Escapes text for an element or a quoted attribute (HTML Living Standard, 13.1.2). Invisible characters and
    /// characters that change the text direction are replaced by a replacement character.
    package static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            default: escaped.unicodeScalars.append(isShown(scalar) ? scalar : "\u{FFFD}")
            }
        }
        return escaped
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: true
        }
    }
}

extension HTML: ExpressibleByStringInterpolation {
    /// Creates a fragment from a literal, which is markup.
    package init(stringLiteral markup: String) { self.markup = markup }

    /// Creates a fragment from a literal with interpolations.
    package init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }

    /// Collects the literal parts as markup and the interpolated values as text.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate(set) var markup = ""

        /// Reserves capacity for the literal parts.
        package init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(literalCapacity) }

        /// Appends a literal part.
        package mutating func appendLiteral(_ literal: String) { markup += literal }
        /// Appends text, escaped.
        package mutating func appendInterpolation(_ text: String) { markup += HTML.escape(text) }
        /// Appends a number.
        package mutating func appendInterpolation(_ number: Int) { markup += String(number) }
        /// Appends a fragment.
        package mutating func appendInterpolation(_ piece: HTML) { markup += piece.markup }
        /// Appends fragments.
        package mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { markup += piece.markup } }
    }
}
