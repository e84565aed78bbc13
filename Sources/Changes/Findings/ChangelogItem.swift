// SPDX-License-Identifier: Apache-2.0

/// A statement of a changelog entry: a bullet and its continuation lines, joined to one line.
struct ChangelogItem: Hashable {
    /// The parent bullets that end with a colon: they describe the action.
    let heads: [String]
    /// The statement.
    let text: String

    /// The statements in an entry's lines. Bullets are `*`, `-`, `+`, `~` and `o`; a nested bullet belongs to its
    /// parent.
    static func items(of lines: [String]) -> [ChangelogItem] {
        var builder = ItemBuilder()
        for line in lines { builder.take(line) }
        builder.endItem()
        return builder.items
    }
}

private struct ItemBuilder {
    private(set) var items: [ChangelogItem] = []
    private var open: [(indentation: Int, text: String)] = []
    private var isOpen = false

    private static let bullets: Set<Character> = ["*", "-", "+", "~", "o"]

    mutating func take(_ line: String) {
        let text = line.drop { $0 == " " || $0 == "\t" }
        let indentation = line.prefix(line.count - text.count).reduce(0) { $1 == "\t" ? $0 / 8 * 8 + 8 : $0 + 1 }
        if text.first == "[", text.last == "]" {
            // The name of the author of the following items.
            endItem()
            open = []
        } else if let bullet = text.first, Self.bullets.contains(bullet), text.dropFirst().first == " " {
            endItem()
            open.removeAll { $0.indentation >= indentation }
            open.append((indentation, String(text.dropFirst(2).drop { $0 == " " })))
            isOpen = true
        } else if isOpen, let last = open.indices.last, indentation > open[last].indentation {
            // A name that was broken at its dash is joined without a space.
            open[last].text += (open[last].text.hasSuffix("-") ? "" : " ") + text
        } else {
            endItem()
            open.removeAll { $0.indentation >= indentation }
            items.append(ChangelogItem(heads: [], text: String(text)))
        }
    }

    mutating func endItem() {
        guard isOpen, let last = open.last else { return }
        isOpen = false
        let heads = open.dropLast().map(\.text).filter { $0.hasSuffix(":") }
        items.append(ChangelogItem(heads: Array(heads), text: last.text))
    }
}
