// SPDX-License-Identifier: Apache-2.0

import Assembly

/// The differences between builds of the same lock.
package struct Variation: Sendable {
    /// The files of packages with unrepeatable scripts.
    private let known: [UnrepeatableScripts.Known]
    /// The absolute paths of other files with random contents.
    private let others: [String]

    /// The maximum number of files in the note.
    private static let shown = 20

    /// Creates a variation from the names of packages and the absolute paths of files with random contents.
    package init(packages: [String], found: [String]) {
        let known = UnrepeatableScripts.among(packages)
        self.known = known
        others = found.filter { path in
            !known.contains { path == $0.path || path.hasPrefix("\($0.path)/") }
        }
    }

    /// One line about the variation; nil when there is none.
    package var note: String? {
        guard !known.isEmpty || !others.isEmpty else { return nil }
        var names = known.map { "\($0.package) (\($0.path))" } + others.prefix(Self.shown)
        if others.count > Self.shown { names.append("\(others.count - Self.shown) more files") }
        let list = names.joined(separator: ", ")
        // Data that looks random may be fixed.
        return known.isEmpty
            ? "Another build of this lock may have a different digest: maintainer scripts wrote random-looking files: "
                + "\(list)."
            : "Another build of this lock has a different digest: maintainer scripts write varying files: \(list)."
    }
}
