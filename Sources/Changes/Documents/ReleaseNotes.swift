// SPDX-License-Identifier: Apache-2.0

/// The entries of a changelog that follow from what changed, by kind.
package struct ReleaseNotes: Sendable, Hashable {
    /// The entries of one kind, each on one line and without its bullet.
    package private(set) var entries: [ChangeCategory: [String]]

    /// Notes of these entries.
    package init(entries: [ChangeCategory: [String]]) {
        // As they are read back from a file: words with one space between them.
        self.entries = entries.filter { !$0.value.isEmpty }.mapValues { texts in
            texts.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        }
    }

    /// Whether there is nothing to say.
    package var isEmpty: Bool { entries.isEmpty }

    /// The kinds that have entries, in their order.
    package var categories: [ChangeCategory] { ChangeCategory.allCases.filter { entries[$0] != nil } }

    /// The entries of `category` as the changelog has them: a bullet each, in lines of at most 120 characters.
    func lines(of category: ChangeCategory, lineEnd: String) -> [String] {
        (entries[category] ?? []).flatMap { Self.wrapped($0).map { $0 + lineEnd } }
    }

    /// The groups, as they stand in a section of the changelog, with a line end behind each line.
    package var markdown: String {
        categories.map { category in
            "### \(category.rawValue)\n\n" + lines(of: category, lineEnd: "\n").joined()
        }.joined(separator: "\n")
    }

    /// A bullet and lines that are indented below it. A word that is longer than a line has one of its own.
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
