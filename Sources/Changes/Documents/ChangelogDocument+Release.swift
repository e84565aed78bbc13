// SPDX-License-Identifier: Apache-2.0

import Core

/// A release for the changelog.
package struct ChangelogRelease: Sendable, Hashable {
    /// The version.
    package let version: SemanticVersion
    /// The date, such as `2026-11-25`.
    package let date: String
    /// The notes from the packages and the hardening.
    package let notes: ReleaseNotes
    /// Whether the entries under Unreleased become part of it. A nightly release leaves them in place.
    package let takesUnreleased: Bool
    /// The repository's URL, without a trailing slash, for the link references; nil for none.
    package let repository: String?

    /// Creates a release.
    package init(
        version: SemanticVersion, date: String, notes: ReleaseNotes, takesUnreleased: Bool, repository: String?
    ) {
        self.version = version
        self.date = date
        self.notes = notes
        self.takesUnreleased = takesUnreleased
        self.repository = repository
    }
}

extension ChangelogDocument {
    /// Adds a section for `release`, and an Unreleased section above it. Adding the same release again changes nothing.
    ///
    /// - Throws: `ChangesError.alreadyReleased` when the version has a section without one of the notes.
    package func releasing(_ release: ChangelogRelease) throws(ChangesError) -> ChangelogDocument {
        if let section = sections.first(where: { $0.name == release.version.description }) {
            if let missing = section.firstMissing(of: release.notes) {
                throw .alreadyReleased(release.version, file: file, missing: missing)
            }
            return self
        }
        var document = self
        document.insert(release)
        document.refer(to: release, after: versions.first)
        return document
    }

    /// The line end of the file.
    private var lineEnd: String { (preamble.first ?? sections.first?.heading ?? "").hasSuffix("\r\n") ? "\r\n" : "\n" }

    private mutating func insert(_ release: ChangelogRelease) {
        endLastLine()
        let index = sections.firstIndex(where: \.isUnreleased) ?? 0
        if !sections.contains(where: \.isUnreleased) {
            if let last = preamble.last, !Self.isEmpty(last) { preamble.append(lineEnd) }
            sections.insert(emptySection("## [Unreleased]"), at: 0)
        }
        var section = emptySection("## [\(release.version)] - \(release.date)")
        if release.takesUnreleased {
            let open = sections[index]
            (section.introduction, section.groups) = (open.introduction, open.groups)
            sections[index] = emptySection(open.heading)
        }
        let isLast = index == sections.count - 1 && references.isEmpty
        section.merge(release.notes, lineEnd: lineEnd, isLast: isLast)
        sections[index].separate(lineEnd)
        sections.insert(section, at: index + 1)
    }

    private func emptySection(_ heading: String) -> Section {
        Section(
            heading: heading.utf8.last == UInt8(ascii: "\n") ? heading : heading + lineEnd, introduction: [lineEnd],
            groups: [])
    }

    /// Terminates the last line, which is required before adding to the file.
    private mutating func endLastLine() {
        guard !bytes.isEmpty, bytes.last != UInt8(ascii: "\n") else { return }
        if !references.isEmpty {
            references[references.count - 1] += lineEnd
        } else if let last = sections.indices.last {
            sections[last].endLastLine(lineEnd)
        } else {
            preamble[preamble.count - 1] += lineEnd
        }
    }

    /// Links `[Unreleased]` to the comparison with the new tag, and the new version to the comparison with the previous
    /// one.
    private mutating func refer(to release: ChangelogRelease, after last: SemanticVersion?) {
        guard let repository = release.repository else { return }
        let version = release.version
        let compared = "\(repository)/compare/"
        let address =
            last.map { "\(compared)v\($0)...v\(version)" } ?? "\(repository)/releases/tag/v\(version)"
        let new = [
            "[Unreleased]: \(compared)v\(version)...HEAD\(lineEnd)", "[\(version)]: \(address)\(lineEnd)",
        ]
        let open = references.firstIndex { $0.lowercased().hasPrefix("[unreleased]: ") }
        if let open {
            references.replaceSubrange(open...open, with: new)
        } else {
            if references.isEmpty { sections[sections.count - 1].separate(lineEnd) }
            let start = references.firstIndex(where: Self.isReference) ?? references.count
            references.insert(contentsOf: new, at: start)
        }
    }
}
