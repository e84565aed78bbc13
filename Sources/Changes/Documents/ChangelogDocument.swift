// SPDX-License-Identifier: Apache-2.0

import Core

/// `CHANGELOG.md` (keepachangelog.com) as a tree of sections. Unedited parts are preserved byte for byte.
package struct ChangelogDocument: Sendable, Hashable {
    /// A `## …` section: one release, or the unreleased changes.
    package struct Section: Sendable, Hashable {
        /// The heading with its line end.
        var heading: String
        /// Lines before the first group.
        var introduction: [String]
        /// The groups.
        var groups: [Group]

        /// The text in the heading's brackets, or else the first word of the heading: "Unreleased", "1.0.1".
        var name: String {
            let title = heading.dropFirst(2).trimmingPrefix { $0 == " " }
            if title.first == "[" { return String(title.dropFirst().prefix { $0 != "]" }) }
            return String(title.prefix { !$0.isWhitespace })
        }

        var isUnreleased: Bool { name.lowercased() == "unreleased" }
    }

    /// A `### …` group of a section.
    package struct Group: Sendable, Hashable {
        /// The heading with its line end.
        var heading: String
        /// The lines below it, with their ends.
        var lines: [String]

        /// The text of the heading.
        var name: String {
            let words = heading.dropFirst(3).split(whereSeparator: \.isWhitespace)
            return words.joined(separator: " ")
        }
    }

    /// The file's name in errors.
    let file: String
    var preamble: [String] = []
    var sections: [Section] = []
    /// Link references at the end, with the empty lines before and between them.
    var references: [String] = []

    /// The document as bytes.
    package var bytes: [UInt8] {
        let body = sections.flatMap { section in
            [section.heading] + section.introduction + section.groups.flatMap { [$0.heading] + $0.lines }
        }
        return Array((preamble + body + references).joined().utf8)
    }

    /// The versions that have a section, in the order of the file; other headings are omitted.
    package var versions: [SemanticVersion] { sections.compactMap { try? SemanticVersion($0.name) } }
}

/// An entry of a changelog with its group.
package struct ChangelogEntry: Sendable, Hashable {
    /// The heading of the group, unchanged.
    package let group: String
    /// The entry on one line, without its bullet.
    package let text: String

    /// The kind that the heading names; nil when it is not one of the six.
    package var category: ChangeCategory? {
        ChangeCategory.allCases.first { $0.rawValue.lowercased() == group.lowercased() }
    }

    /// Whether the entry is marked as a breaking change by a leading "Breaking:", with or without emphasis.
    package var isBreaking: Bool {
        text.drop { $0 == "*" || $0 == "_" }.lowercased().hasPrefix("breaking:")
    }
}

/// The kinds of change (keepachangelog.com, "Types of changes"), in order.
package enum ChangeCategory: String, Sendable, Hashable, CaseIterable {
    /// New features.
    case added = "Added"
    /// Changes in existing functionality.
    case changed = "Changed"
    /// Soon-to-be removed features.
    case deprecated = "Deprecated"
    /// Removed features.
    case removed = "Removed"
    /// Bug fixes.
    case fixed = "Fixed"
    /// Vulnerabilities.
    case security = "Security"
}
