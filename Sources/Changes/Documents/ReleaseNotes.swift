// SPDX-License-Identifier: Apache-2.0

/// Changelog entries, generated from the changes, by kind.
package struct ReleaseNotes: Sendable, Hashable {
    /// The entries of one kind, each on one line and without its bullet.
    package private(set) var entries: [ChangeCategory: [String]]

    /// Creates notes from these entries.
    package init(entries: [ChangeCategory: [String]]) {
        // Normalized like entries that are read from a file: words separated by one space.
        self.entries = entries.filter { !$0.value.isEmpty }.mapValues { texts in
            texts.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        }
    }

    /// Whether there are no entries.
    package var isEmpty: Bool { entries.isEmpty }

    /// The kinds that have entries, in order.
    package var categories: [ChangeCategory] { ChangeCategory.allCases.filter { entries[$0] != nil } }

    /// The entries of `category` as lines of the changelog: a bullet each, wrapped at 120 characters.
    func lines(of category: ChangeCategory, lineEnd: String) -> [String] {
        (entries[category] ?? []).flatMap { Self.wrapped($0).map { $0 + lineEnd } }
    }

    /// The groups as in a section of the changelog, with a line end after each line.
    package var markdown: String {
        categories.map { category in
            "### \(category.rawValue)\n\n" + lines(of: category, lineEnd: "\n").joined()
        }.joined(separator: "\n")
    }

    /// A bullet and indented continuation lines. A word that is longer than a line gets its own line.
    private static func wrapped(_ entry: String, width: Int = 120) -> [String] {
        var lines = ["-"]
        for word in entry.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.count + 1 + word.count > width, last != "-" {
                lines.append("  \(word)")
            } else {
                lines[lines.count - 1] = "\(last) \(word)"
            }
        }
        return lines
    }
}
