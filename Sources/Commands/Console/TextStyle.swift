// SPDX-License-Identifier: Apache-2.0

/// The meaning of a text, shown as colour.
package enum TextStyle: Sendable, Hashable {
    /// No special meaning.
    case plain
    /// Correct.
    case good
    /// Wrong.
    case bad
    /// Needs attention.
    case doubtful
    /// Less important than the rest.
    case faint
    /// A title.
    case strong

    /// The parameter of "select graphic rendition" (ECMA-48 section 8.3.117).
    private var parameter: Int? {
        switch self {
        case .plain: nil
        case .good: 32
        case .bad: 31
        case .doubtful: 33
        case .faint: 2
        case .strong: 1
        }
    }

    /// Returns `text` in this style, or unchanged without colour.
    func paint(_ text: String, colour: Bool) -> String {
        guard colour, let parameter, !text.isEmpty else { return text }
        return "\u{1B}[\(parameter)m\(text)\u{1B}[0m"
    }
}

extension String {
    /// Returns at most `width` characters, with "…" in the place of the removed end.
    package func truncated(to width: Int) -> String {
        count <= width ? self : width < 1 ? "" : prefix(width - 1) + "…"
    }

    /// Splits the text into lines of at most `width` characters at spaces; only words longer than a line are split.
    package func wrapped(to width: Int) -> [String] {
        guard count > width, width > 0 else { return [self] }
        var lines = [""]
        for word in split(separator: " ") {
            var rest = word
            if let last = lines.last, !last.isEmpty {
                if last.count + 1 + rest.count <= width {
                    lines[lines.count - 1] += " " + rest
                    continue
                }
                lines.append("")
            }
            while rest.count > width {
                lines[lines.count - 1] = String(rest.prefix(width))
                rest = rest.dropFirst(width)
                lines.append("")
            }
            lines[lines.count - 1] = String(rest)
        }
        return lines
    }

    /// Wraps the text into lines of at most `width` characters and indents all but the first by `indentation` spaces;
    /// returns it unchanged without a width.
    package func hanging(by indentation: Int, width: Int?) -> String {
        guard let width, count > width else { return self }
        let head = prefix(indentation)
        let lines = String(dropFirst(indentation)).wrapped(to: max(20, width - indentation))
        return head + lines.joined(separator: "\n" + String(repeating: " ", count: indentation))
    }

    /// Pads the text to `width` characters.
    package func padded(to width: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - count))
        return right ? space + self : self + space
    }
}
