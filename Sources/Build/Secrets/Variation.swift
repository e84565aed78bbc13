// SPDX-License-Identifier: Apache-2.0

import Assembly

/// What another build of the same lock has otherwise.
package struct Variation: Sendable {
    /// The files of packages whose scripts are known not to repeat themselves.
    private let known: [UnrepeatableScripts.Known]
    /// Other files with something random in them: absolute paths.
    private let others: [String]

    /// How many files are named.
    private static let shown = 20

    /// What is known of packages with these names, and found in files at these absolute paths.
    package init(packages: [String], found: [String]) {
        let known = UnrepeatableScripts.among(packages)
        self.known = known
        others = found.filter { path in
            !known.contains { path == $0.path || path.hasPrefix("\($0.path)/") }
        }
    }

    /// One line about it, or `nil` where there is nothing.
    package var note: String? {
        guard !known.isEmpty || !others.isEmpty else { return nil }
        var names = known.map { "\($0.package) (\($0.path))" } + others.prefix(Self.shown)
        if others.count > Self.shown { names.append("\(others.count - Self.shown) more files") }
        let list = names.joined(separator: ", ")
        // What looks as if it was drawn by lot need not be.
        return known.isEmpty
            ? "Another build of this lock may have another digest: packages' scripts made what looks random: \(list)."
            : "Another build of this lock has another digest: packages' scripts write what differs: \(list)."
    }
}
