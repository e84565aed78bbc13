// SPDX-License-Identifier: Apache-2.0

import Archive

/// The merged `/usr` of Debian 12 and later: `/bin`, `/sbin` and `/lib*` are links into `/usr`, while packages may
/// still ship files below the old names. From Debian 13 on, base-files ships the links.
package enum MergedUsr {
    /// The top-level directories on `architecture` that are links to the directory of the same name below `usr`.
    package static func links(for architecture: String) -> [String] {
        ["bin", "lib", "sbin"] + (architecture == "amd64" ? ["lib64"] : [])
    }

    private static let names: Set = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]

    /// The links that base-files makes in `/var`, and their targets, as prefixes of paths.
    private static let variable = [("var/run/", "run/"), ("var/lock/", "run/lock/")]

    /// Whether a package ships one of the links, which exist already.
    package static func isLink(_ entry: ArchiveEntry) -> Bool {
        guard case .symlink(let target) = entry.kind else { return false }
        return names.contains(entry.path.string) && target == "usr/\(entry.path.string)"
    }

    /// Whether `path` is the directory that one of the links points to.
    static func isTarget(_ path: ArchivePath) -> Bool {
        path.string.hasPrefix("usr/") && names.contains(String(path.string.dropFirst("usr/".count)))
    }

    /// The real path of a file that a package ships at `path`, with the links that base-files makes in `/var` resolved.
    ///
    /// - Throws: `ArchiveError` when the resulting path is too long.
    package static func resolve(_ path: ArchivePath) throws -> ArchivePath {
        let first = path.string.utf8.prefix { $0 != UInt8(ascii: "/") }
        for (link, target) in variable where path.string.utf8.starts(with: link.utf8) {
            return try ArchivePath(target + path.string.dropFirst(link.count))
        }
        guard names.contains(String(first) ?? "") else { return path }
        return try ArchivePath("usr/" + path.string)
    }
}
