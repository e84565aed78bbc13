// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc

/// The files that are omitted from the image, by dpkg's `path-exclude` and `path-include` rules (dpkg(1)).
///
/// Rules are shell patterns of the absolute path in which `*` also matches `/`. An include overrides an exclude.
/// Excluded directories and symbolic links are kept when an include could match below them, as in dpkg
/// (`filter_should_skip` in its `src/main/filters.c`).
package struct PathFilter: Hashable, Sendable {
    private let excludes: [String]
    private let includes: [String]

    /// Creates a filter of these patterns.
    package init(excludes: [String], includes: [String]) {
        self.excludes = excludes
        self.includes = includes
    }

    /// The digest of the rules, for cache keys.
    package var digest: Digest { Digest(of: "\(excludes)\(includes)".utf8) }

    /// The rules as options of dpkg.
    package var dpkgOptions: [String] {
        excludes.map { "--path-exclude=\($0)" } + includes.map { "--path-include=\($0)" }
    }

    /// Whether `entry` is omitted.
    package func excludes(_ entry: ArchiveEntry) -> Bool {
        guard excludes(entry.path) else { return false }
        switch entry.kind {
        case .directory, .symlink:
            let absolute = "/" + entry.path.string
            return !includes.contains { absolute.utf8.starts(with: Self.fixedPart(of: $0)) }
        case .file, .hardlink: return true
        }
    }

    /// Whether the rules exclude the file at `path`.
    package func excludes(_ path: ArchivePath) -> Bool {
        let absolute = "/" + path.string
        return excludes.contains { matches($0, absolute) } && !includes.contains { matches($0, absolute) }
    }

    /// The part of a pattern before its first wildcard, without trailing slashes.
    private static func fixedPart(of pattern: String) -> Substring.UTF8View {
        var part = pattern.prefix { !"*?[\\".contains($0) }
        while part.last == "/" { part.removeLast() }
        return part.utf8
    }

    private func matches(_ pattern: String, _ path: String) -> Bool { fnmatch(pattern, path, 0) == 0 }
}
