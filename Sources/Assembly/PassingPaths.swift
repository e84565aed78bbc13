// SPDX-License-Identifier: Apache-2.0

import Archive

/// Volatile directories, which are cleared between starts (Filesystem Hierarchy Standard 3.0, 3.15, 3.18, 5.15). No
/// layer contains the files that a package ships there. The package's scripts may need them, so dpkg itself unpacks
/// such a package in the configure step, which removes them at its end.
package enum PassingPaths {
    private static let directories = ["run/", "tmp/", "var/tmp/"]

    /// Whether `path`, as it is in the image, is below one of those directories. `/run/lock`, which base-files ships,
    /// is itself one.
    package static func contain(_ path: ArchivePath) -> Bool {
        directories.contains { path.string.utf8.starts(with: $0.utf8) }
            && !path.string.utf8.elementsEqual("run/lock".utf8)
    }
}
