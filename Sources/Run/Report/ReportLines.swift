// SPDX-License-Identifier: Apache-2.0

/// Lines of a report: all are counted, the first ones by their bytes are kept.
package struct ReportLines: Hashable, Sendable {
    private static let kept = 5000

    /// How many there are.
    package private(set) var count = 0
    private var lines: [String] = []

    /// The lines that are kept, sorted.
    package var first: [String] {
        Array(lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(Self.kept))
    }

    /// Whether there is none.
    package var isEmpty: Bool { count == 0 }

    mutating func add(_ line: String) {
        count += 1
        lines.append(line)
        if lines.count == 2 * Self.kept { lines = first }
    }
}
