// SPDX-License-Identifier: Apache-2.0

import Archive

/// The merged `/usr` of Debian 12: `/bin`, `/sbin` and `/lib*` are links into `/usr`, while packages still ship files
/// below the old names.
package enum MergedUsr {
    /// The top folders that are links, each to the folder of the same name below `usr`, on `architecture`.
    package static func links(for architecture: String) -> [String] {
        ["bin", "lib", "sbin"] + (architecture == "amd64" ? ["lib64"] : [])
    }

    /// Where a file that a package ships at `path` really is.
    ///
    /// - Throws: `ArchiveError` when the path is too long after that.
    package static func resolve(_ path: ArchivePath) throws -> ArchivePath {
        let first = path.string.utf8.prefix { $0 != UInt8(ascii: "/") }
        guard ["bin", "sbin", "lib", "lib32", "lib64", "libx32"].contains(String(first) ?? "") else { return path }
        return try ArchivePath("usr/" + path.string)
    }
}
