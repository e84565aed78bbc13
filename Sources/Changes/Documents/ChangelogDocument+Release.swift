// SPDX-License-Identifier: Apache-2.0

import Core

/// A release as the changelog is told of it.
package struct ChangelogRelease: Sendable, Hashable {
    /// Its version.
    package let version: SemanticVersion
    /// The day, `2026-11-25`.
    package let date: String
    /// What follows from the packages and the hardening.
    package let notes: ReleaseNotes
    /// Whether what people wrote under Unreleased becomes a part of it. A nightly release leaves it where it is.
    package let takesUnreleased: Bool
    /// The repository's address, without a slash at the end, for the link references; `nil` for no references.
    package let repository: String?

    /// A release of these parts.
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
    /// The document with a section of `release`, and an Unreleased section above it. A second time with the same
    /// release it is the same document.
    ///
    /// - Throws: `ChangesError.alreadyReleased` when the version has a section that lacks one of the notes.
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

    /// What ends lines here.
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

    /// A file whose last line has no end could not be added to.
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

    /// `[Unreleased]` compares with the new tag, and the new version with the one before it.
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
