// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// The places that were not checked, by reason.
package struct ReportGaps: Hashable, Sendable {
    private var reasons: [TreeGap: ReportLines] = [:]
    private var last: [UInt8]?

    init() {}

    /// Whether everything was checked.
    package var isEmpty: Bool { reasons.isEmpty }

    /// Adds a gap. A directory with many inaccessible entries counts once.
    mutating func add(_ path: [UInt8], _ gap: TreeGap) {
        guard last != path else { return }
        last = path
        let isGit = path.starts(with: ".git".utf8) || path.isEmpty
        reasons[gap, default: ReportLines()].add(
            path.isEmpty ? "." : ShownPath.text(path), ReportLines.Kind(isNear: isGit))
    }

    /// The kept places of all reasons.
    package var lines: [String] {
        reasons.flatMap { gap, places in places.first.map { "\($0)  (not checked: \(Self.reason(gap)))" } }.sorted()
    }

    /// The number of places.
    package var count: Int { reasons.values.reduce(0) { $0 + $1.count } }

    /// One sentence for each reason, with up to three places.
    package var sentences: [String] {
        reasons.map { gap, places in
            let shown = places.first.prefix(3).map { "'\(ShownPath.brief($0))'" }.joined(separator: ", ")
            let more = places.count > 3 ? " and \(places.count - 3) more" : ""
            return "Not everything was checked: \(Self.reason(gap)): \(shown)\(more)."
        }.sorted()
    }

    private static func reason(_ gap: TreeGap) -> String {
        switch gap {
        case .refused(let errno): "cannot be read (\(errno))"
        case .limit: "more entries, or longer names, than the limit"
        case .moved: "was moved away during the check"
        }
    }
}
