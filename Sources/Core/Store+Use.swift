// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import SystemPackage

extension Store {
    /// Locks that this process keeps until it ends, by the store's directory; the kernel drops them then.
    private static let holds = Mutex<[String: FileDescriptor]>([:])

    private var useLock: FilePath { root.appending("locks").appending("use") }

    /// Says, until this process ends, that it works with files of the store that are not to be removed under it. Others
    /// may say so at the same time; while the store is cleaned, this waits.
    ///
    /// - Throws: `FileError`.
    package func holdUntilExit() throws {
        try Self.holds.withLock { holds in
            guard holds[root.string] == nil else { return }
            let file = try openUseLock()
            while flock(file.rawValue, LOCK_SH) != 0 {
                guard errno == EINTR else { throw FileError("lock", useLock, Errno(rawValue: errno)) }
            }
            holds[root.string] = file
        }
    }

    /// Runs `body` while no process works with the store's files; `nil`, without running it, when one does.
    ///
    /// - Throws: `FileError`, and what `body` throws.
    package func whileUnused<Result>(_ body: () throws -> Result) throws -> Result? {
        let file = try openUseLock()
        defer { try? file.close() }
        guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw FileError("lock", useLock, Errno(rawValue: errno)) }
            return nil
        }
        return try body()
    }

    private func openUseLock() throws -> FileDescriptor {
        try mapErrno("open", useLock) {
            try FileDescriptor.open(
                useLock, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
        }
    }
}

extension Files {
    /// Dates `path` now, as a sign that it was used; where that is not allowed nothing happens.
    package static func touch(_ path: FilePath) { utimensat(AT_FDCWD, path.string, nil, AT_SYMLINK_NOFOLLOW) }

    /// What `path` and everything below it take up on the disk, links not followed.
    ///
    /// - Throws: `FileError`.
    package static func diskUsage(_ path: FilePath) throws -> UInt64 {
        let status = try status(of: path)
        let own = UInt64(status.st_blocks) * 512
        guard status.st_mode & S_IFMT == S_IFDIR else { return own }
        return try list(path).reduce(own) { try $0 + diskUsage(path.appending($1)) }
    }
}
