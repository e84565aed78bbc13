// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc

/// Which files of a package are left out of the image, by dpkg's `path-exclude` and `path-include` rules (dpkg(1)).
///
/// Patterns are shell patterns on the absolute path in which `*` also matches `/`. An include wins over an exclude.
package struct PathFilter: Hashable, Sendable {
    private let excludes: [String]
    private let includes: [String]

    /// A filter of those patterns.
    package init(excludes: [String], includes: [String]) {
        self.excludes = excludes
        self.includes = includes
    }

    /// The digest of the rules, for cache keys.
    package var digest: Digest { Digest(of: "\(excludes)\(includes)".utf8) }

    /// Whether the file at `path` is left out. For a folder the answer is about the folder itself: it comes back when
    /// something below it stays.
    package func excludes(_ path: ArchivePath) -> Bool {
        let absolute = "/" + path.string
        return excludes.contains { matches($0, absolute) } && !includes.contains { matches($0, absolute) }
    }

    private func matches(_ pattern: String, _ path: String) -> Bool { fnmatch(pattern, path, 0) == 0 }
}
