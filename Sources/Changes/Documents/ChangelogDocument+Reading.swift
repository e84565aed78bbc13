// SPDX-License-Identifier: Apache-2.0

extension ChangelogDocument {
    /// The maximum size of a changelog in bytes.
    package static let limit = 1 << 23

    /// Parses a changelog; `file` is its name in errors.
    ///
    /// - Throws: `ChangesError.unreadable`, `.twice`.
    package init(parsing bytes: [UInt8], file: String) throws(ChangesError) {
        guard bytes.count <= Self.limit, let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadable(file: file)
        }
        self.file = file
        var isCode = false
        for (number, line) in Self.lines(of: text).enumerated() {
            if line.hasPrefix("```") { isCode.toggle() }
            try take(line, isHeading: !isCode, number: number + 1)
        }
        splitReferences()
    }

    private mutating func take(_ line: String, isHeading: Bool, number: Int) throws(ChangesError) {
        if isHeading, line.hasPrefix("## ") {
            let section = Section(heading: line, introduction: [], groups: [])
            guard !sections.contains(where: { $0.name.lowercased() == section.name.lowercased() }) else {
                throw .twice(section.name, file: file, line: number)
            }
            sections.append(section)
        } else if isHeading, line.hasPrefix("### "), !sections.isEmpty {
            sections[sections.count - 1].groups.append(Group(heading: line, lines: []))
        } else {
            add(line)
        }
    }

    private mutating func add(_ line: String) {
        guard let last = sections.indices.last else { return preamble.append(line) }
        guard let group = sections[last].groups.indices.last else { return sections[last].introduction.append(line) }
        sections[last].groups[group].lines.append(line)
    }

    /// Moves the link references from the last section to the document.
    private mutating func splitReferences() {
        guard let last = sections.indices.last else { return }
        var lines = sections[last].groups.last?.lines ?? sections[last].introduction
        let kept = lines.lastIndex { !Self.isReference($0) && !Self.isEmpty($0) }.map { $0 + 1 } ?? 0
        // Trailing empty lines without a reference belong to the section.
        guard lines[kept...].contains(where: Self.isReference) else { return }
        references = Array(lines[kept...])
        lines.removeSubrange(kept...)
        if let group = sections[last].groups.indices.last {
            sections[last].groups[group].lines = lines
        } else {
            sections[last].introduction = lines
        }
    }

    /// Whether the line is a link reference, `[label]: address` (CommonMark 0.31, 4.7), in the form that changelogs
    /// use.
    static func isReference(_ line: String) -> Bool { line.hasPrefix("[") && line.contains("]: ") }

    static func isEmpty(_ line: String) -> Bool { line.utf8.allSatisfy { [32, 9, 10, 13].contains($0) } }

    /// The lines of a text with their line ends. Split by bytes: in Swift, CR and LF together are one character.
    static func lines(of text: String) -> [String] {
        var lines: [String] = []
        var rest = text.utf8[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { rest.index(after: $0) } ?? rest.endIndex
            lines.append(String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[end...]
        }
        return lines
    }
}

extension ChangelogDocument {
    /// The entries under "Unreleased", in the order of the file.
    package var unreleased: [ChangelogEntry] {
        guard let section = sections.first(where: \.isUnreleased) else { return [] }
        return section.groups.flatMap { group in group.entries.map { ChangelogEntry(group: group.name, text: $0) } }
    }
}

extension ChangelogDocument.Group {
    /// The entries, each on one line and without its bullet.
    var entries: [String] {
        var entries: [[Substring]] = []
        for line in lines {
            let words = line.split(whereSeparator: \.isWhitespace)
            if line.hasPrefix("- ") || line.hasPrefix("* ") {
                entries.append(Array(words.dropFirst()))
            } else if !words.isEmpty, !entries.isEmpty {
                entries[entries.count - 1] += words
            }
        }
        return entries.map { $0.joined(separator: " ") }
    }
}
