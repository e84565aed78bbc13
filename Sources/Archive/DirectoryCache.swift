// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// A cache of the most recently opened directories below a root: archives list entries directory by directory.
final class DirectoryCache {
    private static let capacity = 32
    private let top: FileDescriptor
    private var open: [ArchivePath: FileDescriptor] = [:]

    init(_ root: FilePath) throws {
        top = try mapErrno("open", root) {
            try FileDescriptor.open(root, .readOnly, options: [.directory, .closeOnExec])
        }
    }

    deinit {
        removeAll()
        try? top.close()
    }

    /// Opens `path` without following symbolic links; the descriptor is valid until the next call, and `kept` is not
    /// closed.
    ///
    /// - Throws: `ArchiveError.inTheWay` when a component is not a directory; `FileError`.
    func open(_ path: ArchivePath, root: FilePath, keeping kept: FileDescriptor? = nil) throws -> FileDescriptor {
        if path.isRoot { return top }
        if let known = open[path] { return known }
        let number = clinux_open_beneath(top.rawValue, path.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
        guard number >= 0 else {
            let code = errno
            if code == ENOTDIR || code == ELOOP {
                throw ArchiveError.inTheWay(path: obstacle(on: path), root: root.string)
            }
            throw FileError("open", root.appending(path.string), Errno(rawValue: code))
        }
        if open.count >= DirectoryCache.capacity { removeAll(keeping: kept) }
        open[path] = FileDescriptor(rawValue: number)
        return FileDescriptor(rawValue: number)
    }

    /// Closes all directories except the root and `kept`.
    func removeAll(keeping kept: FileDescriptor? = nil) {
        for (path, directory) in open where directory != kept {
            open[path] = nil
            try? directory.close()
        }
    }

    /// The topmost component of `path` that is not a directory.
    private func obstacle(on path: ArchivePath) -> ArchivePath {
        var status = stat()
        var found = path
        var candidate: ArchivePath? = path
        while let current = candidate, !current.isRoot {
            let known = fstatat(top.rawValue, current.string, &status, AT_SYMLINK_NOFOLLOW) == 0
            if known, status.st_mode & S_IFMT != S_IFDIR { found = current }
            candidate = current.parent
        }
        return found
    }
}
