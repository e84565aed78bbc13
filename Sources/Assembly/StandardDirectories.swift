// SPDX-License-Identifier: Apache-2.0

import Archive

/// Directories that exist in every installed system whatever the packages ship: those at the top, those of the merged
/// `/usr`, and those that the `postinst` of base-files makes, which runs before any other package's script.
enum StandardDirectories {
    private static let below: Set = ["etc/opt", "usr/local", "usr/local/share/man", "var/mail", "var/opt"]

    /// Whether `path` is one of them.
    static func contain(_ path: ArchivePath) -> Bool {
        guard let parent = path.parent else { return true }
        return parent.isRoot || parent.string == "usr/local" || below.contains(path.string)
            || MergedUsr.isTarget(path)
    }
}
