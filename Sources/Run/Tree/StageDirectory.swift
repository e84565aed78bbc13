// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The directory in which the trees of one start are assembled: accessible to root only, and locked while the launcher
/// runs.
package final class StageDirectory: Sendable {
    /// The parent of these directories.
    static let place: FilePath = "/run/opencode-docker"

    /// The directory for the trees.
    package let trees: FilePath
    private let path: FilePath
    private let owner: FileDescriptor

    /// Creates a directory below `parent`, and removes those of killed launchers.
    ///
    /// - Throws: `FileError`, `RunError.foreignDirectory`.
    package init() throws {
        let parent = Self.place
        if mkdir(parent.string, 0o700) != 0 && errno != EEXIST {
            throw FileError("create", parent, Errno(rawValue: errno))
        }
        let status = try Files.status(of: parent)
        guard status.st_uid == geteuid(), status.st_mode & S_IFMT == S_IFDIR, status.st_mode & 0o077 == 0 else {
            throw RunError.foreignDirectory(parent)
        }
        path = parent.appending("\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 36))")
        trees = path.appending("trees")
        owner = try Files.takingTurns(in: parent) { [path, trees] in
            Self.reap(parent)
            for directory in [path, trees] where mkdir(directory.string, 0o700) != 0 {
                throw FileError("create", directory, Errno(rawValue: errno))
            }
            let owner = try mapErrno("create", path) {
                try FileDescriptor.open(
                    path.appending("owner"), .readWrite, options: [.create, .closeOnExec],
                    permissions: [.ownerReadWrite])
            }
            flock(owner.rawValue, LOCK_EX | LOCK_NB)
            return owner
        }
    }

    /// Removes the directory with its mounts.
    package func remove() {
        Self.remove(path)
        try? owner.close()
    }

    private static func remove(_ path: FilePath) {
        StagedTrees.remove(path.appending("trees"))
        unlink(path.appending("owner").string)
        rmdir(path.string)
    }

    /// The kernel releases a lock with its process: an unlocked directory has no running launcher.
    private static func reap(_ parent: FilePath) {
        for name in (try? Files.list(parent)) ?? [] {
            let path = parent.appending(name)
            guard let file = try? FileDescriptor.open(path.appending("owner"), .readWrite, options: .closeOnExec)
            else { continue }
            if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 { remove(path) }
            try? file.close()
        }
    }
}
