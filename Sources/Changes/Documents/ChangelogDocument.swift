// SPDX-License-Identifier: Apache-2.0

import Core

/// `CHANGELOG.md` (keepachangelog.com) as a tree of sections. Whatever is not edited stays as it is, to the byte.
package struct ChangelogDocument: Sendable, Hashable {
    /// A `## …` section: one release, or what is not released yet.
    package struct Section: Sendable, Hashable {
        /// The heading with its line end.
        var heading: String
        /// Lines before the first group.
        var introduction: [String]
        /// The groups.
        var groups: [Group]

        /// What stands in the heading's brackets, or the first word of a heading without: "Unreleased", "1.0.1".
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

        /// The words of the heading.
        var name: String {
            let words = heading.dropFirst(3).split(whereSeparator: \.isWhitespace)
            return words.joined(separator: " ")
        }
    }

    /// What the file is called in errors.
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

    /// The versions that have a section, in the order of the file; headings that are no version are left out.
    package var versions: [SemanticVersion] { sections.compactMap { try? SemanticVersion($0.name) } }
}

/// A line of a changelog: what users notice, and of which kind it is.
package struct ChangelogEntry: Sendable, Hashable {
    /// The group's heading, as it is written.
    package let group: String
    /// The entry on one line, without its bullet.
    package let text: String

    /// The kind that the heading names; `nil` when it is none of the six.
    package var category: ChangeCategory? {
        ChangeCategory.allCases.first { $0.rawValue.lowercased() == group.lowercased() }
    }

    /// Whether it is marked as something that breaks for users, by "Breaking:" at its beginning, emphasised or not.
    package var isBreaking: Bool {
        text.drop { $0 == "*" || $0 == "_" }.lowercased().hasPrefix("breaking:")
    }
}

/// The kinds of change (keepachangelog.com, "Types of changes"), in their order.
package enum ChangeCategory: String, Sendable, Hashable, CaseIterable {
    /// New features.
    case added = "Added"
    /// Changes in what was there.
    case changed = "Changed"
    /// What will go.
    case deprecated = "Deprecated"
    /// What is gone.
    case removed = "Removed"
    /// Mended faults.
    case fixed = "Fixed"
    /// Vulnerabilities.
    case security = "Security"
}
