// SPDX-License-Identifier: Apache-2.0

import Core

/// The table of `SECURITY.md` with the versions that get security fixes (claim C01): the newest release series.
///
/// The table is between the marks of claim C01 and of the next claim; bytes outside its rows are preserved.
package struct SupportTable: Sendable, Hashable {
    private static let mark = "<!-- claim: C01 -->"
    private static let anyMark = "<!-- claim: "
    private let lines: [String]
    /// The rows below the header of the table.
    private let rows: Range<Int>

    /// Finds the table in `bytes`; `file` is the name in errors.
    ///
    /// - Throws: `ChangesError.unreadable`, `.noTable`.
    package init(parsing bytes: [UInt8], file: String) throws(ChangesError) {
        guard bytes.count <= 1 << 22, let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadable(file: file)
        }
        lines = ChangelogDocument.lines(of: text)
        guard let rows = Self.rows(of: lines) else { throw .noTable(file: file) }
        self.rows = rows
    }

    private static func rows(of lines: [String]) -> Range<Int>? {
        let marks = lines.indices.filter { lines[$0].hasPrefix(mark) }
        guard marks.count == 1, let mark = marks.first else { return nil }
        let end = lines[(mark + 1)...].firstIndex { $0.hasPrefix(anyMark) } ?? lines.count
        let table = lines[mark..<end].firstIndex { $0.hasPrefix("|") }
        guard let table, table + 2 < end, cells(lines[table]).count == 2, lines[table + 1].contains("---") else {
            return nil
        }
        let after = lines[table..<end].firstIndex { !$0.hasPrefix("|") } ?? end
        return table + 2 < after ? (table + 2)..<after : nil
    }

    /// The release series that gets fixes, such as "1.0.x"; nil when the table has none.
    package var line: String? {
        lines[rows].map(Self.cells).first { $0.count == 2 && $0[1] == "yes" }?[0]
    }

    /// The contents of the file after the release of `version`.
    package func supporting(_ version: SemanticVersion) -> [UInt8] {
        if line == version.line { return Array(lines.joined().utf8) }
        let lineEnd = lines[rows.lowerBound].hasSuffix("\r\n") ? "\r\n" : "\n"
        let new = ["| \(version.line) | yes |\(lineEnd)", "| older | no |\(lineEnd)"]
        var changed = lines
        changed.replaceSubrange(rows, with: new)
        return Array(changed.joined().utf8)
    }

    private static func cells(_ row: String) -> [String] {
        row.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
            $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
    }
}
