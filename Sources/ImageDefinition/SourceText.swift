// SPDX-License-Identifier: Apache-2.0

/// A text in which values are replaced at known positions.
struct SourceText {
    /// Lines with their ends, as Unicode scalars, which libyaml's columns count.
    private var lines: [String.UnicodeScalarView.SubSequence]

    init(_ text: String) {
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    }

    var text: String { String(String.UnicodeScalarView(lines.joined(separator: ["\n"]))) }

    /// Replaces `old`, plain or quoted, at `place`; returns whether it was there.
    mutating func replace(_ old: String, at place: DefinitionPlace, by new: String) -> Bool {
        guard lines.indices.contains(place.line - 1) else { return false }
        let line = Array(lines[place.line - 1])
        var start = place.column - 1
        guard line.indices.contains(start), !old.isEmpty else { return false }
        if line[start] == "\"" || line[start] == "'" { start += 1 }
        let rest = line[start...]
        guard rest.starts(with: old.unicodeScalars) else { return false }
        let changed = line[..<start] + Array(new.unicodeScalars) + rest.dropFirst(old.unicodeScalars.count)
        lines[place.line - 1] = String.UnicodeScalarView(changed)[...]
        return true
    }
}
