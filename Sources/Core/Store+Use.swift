// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import SystemPackage

extension Store {
    /// Locks that this process holds until it exits, by the store's directory; the kernel releases them.
    private static let holds = Mutex<[String: FileDescriptor]>([:])

    private var useLock: FilePath { root.appending("locks").appending("use") }

    /// Takes a shared lock, until this process exits, that protects files of the store from removal. Several processes
    /// may hold it; it waits while the store is being cleaned.
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

    /// Runs `body` while no process uses the store's files; returns nil without running it when one does.
    ///
    /// - Throws: `FileError`, and errors of `body`.
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
    /// Sets the times of `path` to now, to mark it as used; errors are ignored.
    package static func touch(_ path: FilePath) { utimensat(AT_FDCWD, path.string, nil, AT_SYMLINK_NOFOLLOW) }

    /// The disk usage of `path` and everything below it in bytes, without following links.
    ///
    /// - Throws: `FileError`.
    package static func diskUsage(_ path: FilePath) throws -> UInt64 {
        let status = try status(of: path)
        let own = UInt64(status.st_blocks) * 512
        guard status.st_mode & S_IFMT == S_IFDIR else { return own }
        return try list(path).reduce(own) { try $0 + diskUsage(path.appending($1)) }
    }
}
