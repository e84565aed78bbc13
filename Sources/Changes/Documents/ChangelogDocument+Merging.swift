// SPDX-License-Identifier: Apache-2.0

extension ChangelogDocument.Section {
    /// The first of `notes` that the section does not have.
    func firstMissing(of notes: ReleaseNotes) -> String? {
        let known = Set(groups.flatMap(\.entries))
        return notes.categories.lazy.flatMap { notes.entries[$0] ?? [] }.first { !known.contains($0) }
    }

    /// Appends `notes` to the groups of their kinds; missing groups are added at the end. No empty line is added after
    /// the last section of a file.
    mutating func merge(_ notes: ReleaseNotes, lineEnd: String, isLast: Bool) {
        for category in notes.categories {
            let lines = notes.lines(of: category, lineEnd: lineEnd)
            if let index = groups.firstIndex(where: { $0.name.lowercased() == category.rawValue.lowercased() }) {
                groups[index].add(lines, lineEnd)
            } else {
                separate(lineEnd)
                groups.append(.init(heading: "### \(category.rawValue)\(lineEnd)", lines: [lineEnd] + lines))
            }
        }
        if !isLast { separate(lineEnd) }
    }

    /// Ensures an empty line at the end.
    mutating func separate(_ lineEnd: String) {
        endLastLine(lineEnd)
        if let last = groups.indices.last {
            let isSeparate = groups[last].lines.last.map(ChangelogDocument.isEmpty) ?? false
            if !isSeparate { groups[last].lines.append(lineEnd) }
        } else if introduction.last.map(ChangelogDocument.isEmpty) != true {
            introduction.append(lineEnd)
        }
    }

    /// Terminates the last line of the file when it has no line end.
    mutating func endLastLine(_ lineEnd: String) {
        func end(_ line: inout String) { if !line.utf8.isEmpty, line.utf8.last != 10 { line += lineEnd } }
        if let last = groups.indices.last {
            if let line = groups[last].lines.indices.last {
                end(&groups[last].lines[line])
            } else {
                end(&groups[last].heading)
            }
        } else if let line = introduction.indices.last {
            end(&introduction[line])
        } else {
            end(&heading)
        }
    }
}

extension ChangelogDocument.Group {
    /// Adds lines after the last non-empty one.
    mutating func add(_ new: [String], _ lineEnd: String) {
        let end = lines.lastIndex { !ChangelogDocument.isEmpty($0) }.map { $0 + 1 }
        if let end {
            lines.insert(contentsOf: new, at: end)
        } else {
            lines = [lineEnd] + new + lines.dropFirst()
        }
    }
}
