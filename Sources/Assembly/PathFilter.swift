// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc

/// Which files of a package are left out of the image, by dpkg's `path-exclude` and `path-include` rules (dpkg(1)).
///
/// Patterns are shell patterns on the absolute path in which `*` also matches `/`. An include wins over an exclude.
/// Directories and symbolic links stay where an include may bring something back below them, as dpkg decides it
/// (`filter_should_skip` in its `src/main/filters.c`).
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

    /// The rules as dpkg's options, one each.
    package var dpkgOptions: [String] {
        excludes.map { "--path-exclude=\($0)" } + includes.map { "--path-include=\($0)" }
    }

    /// Whether `entry` is left out.
    package func excludes(_ entry: ArchiveEntry) -> Bool {
        guard excludes(entry.path) else { return false }
        switch entry.kind {
        case .directory, .symlink:
            let absolute = "/" + entry.path.string
            return !includes.contains { absolute.utf8.starts(with: Self.fixedPart(of: $0)) }
        case .file, .hardlink: return true
        }
    }

    /// Whether the rules name the file at `path` as one to leave out.
    package func excludes(_ path: ArchivePath) -> Bool {
        let absolute = "/" + path.string
        return excludes.contains { matches($0, absolute) } && !includes.contains { matches($0, absolute) }
    }

    /// What stands before the first sign of a pattern that is none of a path, without slashes at its end.
    private static func fixedPart(of pattern: String) -> Substring.UTF8View {
        var part = pattern.prefix { !"*?[\\".contains($0) }
        while part.last == "/" { part.removeLast() }
        return part.utf8
    }

    private func matches(_ pattern: String, _ path: String) -> Bool { fnmatch(pattern, path, 0) == 0 }
}
