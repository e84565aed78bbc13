// SPDX-License-Identifier: Apache-2.0

/// The lines of a report. All are counted; of each kind only the first ones in byte order are kept, so that many lines
/// of one kind do not hide another.
package struct ReportLines: Hashable, Sendable {
    /// The kind of a line, in the order in which kinds are shown.
    struct Kind: Hashable, Sendable {
        /// Whether the line concerns the project's own repository or its top directory.
        var isNear = false
        /// The name from the program's own lists, or another word for the kind.
        var name = ""
    }

    private static let kept = 1000
    private static let mostKinds = 300

    /// The number of lines.
    package private(set) var count = 0
    private var kinds: [Kind: [String]] = [:]

    /// The kept lines, sorted, the nearest first.
    package var first: [String] {
        [true, false].flatMap { isNear in
            Self.sorted(kinds.filter { $0.key.isNear == isNear }.values.flatMap(Self.kept))
        }
    }

    /// The number of kept lines.
    package var keptCount: Int { kinds.values.reduce(0) { $0 + min($1.count, Self.kept) } }

    /// Whether there are no lines.
    package var isEmpty: Bool { count == 0 }

    mutating func add(_ line: String, _ kind: Kind = Kind()) {
        count += 1
        let kind = kinds[kind] != nil || kinds.count < Self.mostKinds ? kind : Kind()
        kinds[kind, default: []].append(line)
        if let lines = kinds[kind], lines.count == 2 * Self.kept { kinds[kind] = Self.kept(lines) }
    }

    /// The lines of `lists` to show: the first line of each kind before the second of any.
    ///
    /// - Parameter most: The maximum number of lines.
    package static func shown(_ lists: [ReportLines], most: Int) -> [String] {
        let kinds = lists.flatMap(\.ordered)
        var (taken, left) = (kinds.map { _ in 0 }, most)
        for round in 0..<most {
            for index in kinds.indices where left > 0 && kinds[index].count > round {
                taken[index] += 1
                left -= 1
            }
        }
        return zip(kinds, taken).flatMap { $0.prefix($1) }
    }

    /// The lines by kind, the nearest kinds first.
    private var ordered: [[String]] {
        kinds.sorted { left, right in
            left.key.isNear != right.key.isNear ? left.key.isNear : left.key.name < right.key.name
        }.map { Self.kept($0.value) }
    }

    private static func kept(_ lines: [String]) -> [String] { Array(sorted(lines).prefix(kept)) }

    private static func sorted(_ lines: [String]) -> [String] {
        lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

extension ReportLines.Kind {
    /// The kind of `name`, a file or a directory, among those that the host executes.
    ///
    /// - Parameter isTop: Whether it is in the top directory.
    init(file name: [UInt8], isTop: Bool) {
        let text = String(decoding: name, as: UTF8.self)
        let known = HostExecuted.names.contains(text) || HostExecuted.git.contains(text)
        let end = text.lastIndex(of: ".").map { String(text[$0...]) } ?? ""
        let ending = HostExecuted.endings.contains(String(end.dropFirst())) ? end : ""
        self.init(isNear: isTop, name: known ? text : ending)
    }
}
