// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Engine
import Glibc
import SystemPackage

/// Reads the upper directory of an overlay (Documentation/filesystems/overlayfs.rst of the kernel).
struct UpperDirectory {
    let root: FilePath
    let epoch: Int64

    /// Everything in it, times clamped down to the epoch.
    ///
    /// - Throws: `BuildError.oddFile`, `FileError`.
    func changes() throws -> TreeChanges {
        var changes = TreeChanges()
        var links: [Inode: ArchivePath] = [:]
        try walk(.root, into: &changes, &links)
        return changes
    }

    /// A file on a file system, whatever its names.
    private struct Inode: Hashable {
        let device: dev_t
        let number: ino_t
    }

    private func walk(
        _ folder: ArchivePath, into changes: inout TreeChanges, _ links: inout [Inode: ArchivePath]
    ) throws {
        for name in try Files.list(file(folder)) {
            let path = try folder.appending(name)
            let status = try Files.status(of: file(path))
            // A character device 0/0 hides what the layers below have at this path.
            if status.st_mode & S_IFMT == S_IFCHR, status.st_rdev == 0 {
                changes.hidden.insert(path)
                continue
            }
            changes.entries[path] = try change(path, status, &links)
            guard status.st_mode & S_IFMT == S_IFDIR else { continue }
            if OverlayMount.isOpaque(file(path)) { changes.opaque.insert(path) }
            try walk(path, into: &changes, &links)
        }
    }

    private func change(
        _ path: ArchivePath, _ status: stat, _ links: inout [Inode: ArchivePath]
    ) throws -> TreeChanges.Change {
        let entry = ArchiveEntry(
            path: path, kind: try kind(path, status, &links), mode: UInt16(status.st_mode & 0o7777),
            uid: status.st_uid, gid: status.st_gid, mtime: min(max(0, Int64(status.st_mtim.tv_sec)), epoch),
            attributes: [:])
        return TreeChanges.Change(entry: entry, file: file(path))
    }

    private func kind(
        _ path: ArchivePath, _ status: stat, _ links: inout [Inode: ArchivePath]
    ) throws -> ArchiveEntry.Kind {
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .directory
        case S_IFLNK: return .symlink(target: try Files.target(of: file(path)))
        case S_IFREG:
            let inode = Inode(device: status.st_dev, number: status.st_ino)
            if status.st_nlink > 1, let first = links[inode] { return .hardlink(target: first) }
            links[inode] = path
            return .file(size: UInt64(status.st_size))
        default: throw BuildError.oddFile(path: path.string)
        }
    }

    private func file(_ path: ArchivePath) -> FilePath { path.isRoot ? root : root.pushing(FilePath(path.string)) }
}
