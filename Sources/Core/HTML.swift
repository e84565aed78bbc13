// SPDX-License-Identifier: Apache-2.0

/// A piece of an HTML document. What the literal says is markup; what is interpolated is text and is escaped, unless it
/// is `HTML` itself. So nothing that an image, a probe or a machine says can become markup.
package struct HTML: Hashable, Sendable {
    /// The markup, to be written as it is.
    package let markup: String

    /// The pieces one after the other.
    package init(_ pieces: some Sequence<HTML>) { markup = pieces.map(\.markup).joined() }

    /// Text as it may stand in an element and in a quoted attribute (HTML Living Standard, 13.1.2). Characters that are
    /// not seen, or that turn the direction of what follows, are shown as a replacement character.
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
    /// A literal, which is markup.
    package init(stringLiteral markup: String) { self.markup = markup }

    /// The markup that a literal with its interpolations came to.
    package init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }

    /// Gathers the literal's own parts as markup, and what is interpolated as text.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate(set) var markup = ""

        /// Room for so many bytes.
        package init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(literalCapacity) }

        /// The literal's own part.
        package mutating func appendLiteral(_ literal: String) { markup += literal }
        /// Text, which is escaped.
        package mutating func appendInterpolation(_ text: String) { markup += HTML.escape(text) }
        /// A number.
        package mutating func appendInterpolation(_ number: Int) { markup += String(number) }
        /// A piece of markup.
        package mutating func appendInterpolation(_ piece: HTML) { markup += piece.markup }
        /// Pieces of markup, one after the other.
        package mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { markup += piece.markup } }
    }
}
