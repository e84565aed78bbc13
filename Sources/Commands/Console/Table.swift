// SPDX-License-Identifier: Apache-2.0

/// Formats rows and columns as text.
package struct Table: Sendable {
    /// A column.
    package struct Column: Sendable {
        let title: String
        let isRight: Bool
        let wraps: Bool

        /// Creates a column named `title`.
        ///
        /// - Parameters:
        ///   - isRight: Whether it is right-aligned, as numbers are.
        ///   - wraps: Whether its texts are wrapped when the terminal is too narrow.
        package init(_ title: String, isRight: Bool = false, wraps: Bool = false) {
            self.title = title
            self.isRight = isRight
            self.wraps = wraps
        }
    }

    /// A cell.
    package struct Cell: Sendable, ExpressibleByStringInterpolation {
        let text: String
        let style: TextStyle

        /// Creates a cell with a style.
        package init(_ text: String, _ style: TextStyle = .plain) {
            self.text = text.sanitized
            self.style = style
        }

        package init(stringLiteral text: String) { self.init(text) }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    /// Creates a table without rows.
    package init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; missing cells are empty, surplus cells are ignored.
    package mutating func add(_ cells: [Cell]) {
        let missing = max(0, columns.count - cells.count)
        rows.append(Array(cells.prefix(columns.count)) + Array(repeating: "", count: missing))
    }

    /// Returns the table as lines, each ended by a line feed.
    ///
    /// - Parameter width: The width of the terminal; `nil` to never wrap a row, as in a file.
    package func render(width: Int? = nil, colour: Bool = false) -> String {
        let widths = fittedWidths(width)
        let titles = columns.map { Cell($0.title, .strong) }
        return ([titles] + rows).map { lines(of: $0, widths, colour) }.joined()
    }

    private func lines(of cells: [Cell], _ widths: [Int], _ colour: Bool) -> String {
        let texts = zip(cells, widths).map { $0.text.wrapped(to: $1) }
        return (0..<(texts.map(\.count).max() ?? 0)).map { number in
            let parts = zip(cells, texts).map { Cell(number < $1.count ? $1[number] : "", $0.style) }
            return line(parts, widths, colour)
        }.joined()
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ colour: Bool) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let space = String(repeating: " ", count: widths[index] - cell.text.count)
            let painted = cell.style.paint(cell.text, colour: colour)
            line += (index > 0 ? "  " : "") + (columns[index].isRight ? space + painted : painted + space)
        }
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }

    /// The width of each column; the widest wrapping column is reduced until the table fits.
    private func fittedWidths(_ width: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(columns[index].title.count) { max($0, $1[index].text.count) }
        }
        guard let width else { return widths }
        var excess = widths.reduce(0, +) + 2 * (columns.count - 1) - width
        while excess > 0 {
            let candidates = columns.indices.filter { columns[$0].wraps && widths[$0] > 8 }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}
