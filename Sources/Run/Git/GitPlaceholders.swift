// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension GitGuard {
    /// Makes what is missing, as the owner of the repository. A leftover of a killed launcher is as good as a new one.
    ///
    /// - Throws: `FileError`.
    package func makePlaceholders() throws {
        for placeholder in placeholders where !Files.exists(placeholder.path) {
            let owner = try Files.status(of: placeholder.path.removingLastComponent())
            if let content = placeholder.content {
                // Whole or not at all: git does not start on an empty `commondir`.
                if !Self.appear(content, at: placeholder.path) {
                    try Files.write(Array(content.utf8), to: placeholder.path)
                }
            } else {
                try Files.makeDirectories(placeholder.path)
            }
            if geteuid() == 0 { lchown(placeholder.path.string, owner.st_uid, owner.st_gid) }
        }
    }

    /// A file without a name gets one when it is complete (open(2), O_TMPFILE): a launcher that is killed leaves nothing
    /// in the repository. `false` where the file system cannot do that.
    private static func appear(_ content: String, at path: FilePath) -> Bool {
        // O_TMPFILE is no simple number in C, and Swift does not see it.
        let nameless: Int32 = 0o20_000_000 | O_DIRECTORY
        let handle = open(path.removingLastComponent().string, nameless | O_WRONLY | O_CLOEXEC, 0o644)
        guard handle >= 0 else { return false }
        let file = FileDescriptor(rawValue: handle)
        defer { try? file.close() }
        guard (try? file.writeAll(Array(content.utf8))) != nil else { return false }
        return linkat(AT_FDCWD, "/proc/self/fd/\(handle)", AT_FDCWD, path.string, AT_SYMLINK_FOLLOW) == 0
    }

    /// Takes away what was made and is still as it was. Only when no container of the project runs any more: removing a
    /// mount point takes the mount off everywhere (rename(2) and unlink(2) since Linux 3.18), and with it the guard.
    package func removePlaceholders() {
        for placeholder in placeholders {
            guard let content = placeholder.content else {
                rmdir(placeholder.path.string)
                continue
            }
            let now = try? Files.read(placeholder.path, limit: 1 << 12)
            if now == Array(content.utf8) { unlink(placeholder.path.string) }
        }
    }
}
