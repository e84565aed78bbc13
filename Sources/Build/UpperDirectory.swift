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

    /// The time of directories and generated files below `/usr`: 10 June 2023, the release of Debian 12. With the
    /// lock's time, byte code and locales would be a different layer in every build, and with the times of lower
    /// directories and of links after every update. Caches that are compared with their directory's time have the same
    /// time.
    static let timeBelowUsr: Int64 = 1_686_355_200

    /// All changes, with times limited to the epoch, or below `/usr` set to `timeBelowUsr`.
    ///
    /// - Throws: `BuildError.oddFile`, `FileError`.
    func changes() throws -> TreeChanges {
        var changes = TreeChanges()
        var links = Links()
        try walk(.root, into: &changes, &links)
        return changes
    }

    /// A file of the file system, independent of its names; tracked separately for each of the two layers, because a
    /// hard link must point to a name in the same layer.
    private struct Inode: Hashable {
        let device: dev_t
        let number: ino_t
        let isBelowUsr: Bool

        /// The same file in the other layer.
        var elsewhere: Inode { Inode(device: device, number: number, isBelowUsr: !isBelowUsr) }
    }

    /// The first name of each file with several names.
    private typealias Links = [Inode: ArchivePath]

    private func walk(
        _ directory: ArchivePath, into changes: inout TreeChanges, _ links: inout Links
    ) throws {
        for name in try Files.list(file(directory)) {
            let path = try directory.appending(name)
            let status = try Files.status(of: file(path))
            // A character device 0/0 hides the path in the layers below.
            if status.st_mode & S_IFMT == S_IFCHR, status.st_rdev == 0 {
                changes.hidden.insert(path)
                continue
            }
            let change = try change(path, status, &links)
            changes.entries[path] = change
            try noteLost(of: change, status, links, in: &changes.lost)
            guard status.st_mode & S_IFMT == S_IFDIR else { continue }
            if OverlayMount.isOpaque(file(path)) { changes.opaque.insert(path) }
            try walk(path, into: &changes, &links)
        }
    }

    private func noteLost(
        of change: TreeChanges.Change, _ status: stat, _ links: Links, in lost: inout LostProperties
    ) throws {
        let path = change.entry.path
        try lost.noteAttributes(of: change.file, at: path)
        guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink > 1 else { return }
        if links[inode(path, status).elsewhere] != nil { lost.noteLink(at: path) }
    }

    private func inode(_ path: ArchivePath, _ status: stat) -> Inode {
        Inode(device: status.st_dev, number: status.st_ino, isBelowUsr: Self.isBelowUsr(path))
    }

    private func change(
        _ path: ArchivePath, _ status: stat, _ links: inout Links
    ) throws -> TreeChanges.Change {
        let entry = ArchiveEntry(
            path: path, kind: try kind(path, status, &links), mode: UInt16(status.st_mode & 0o7777),
            uid: status.st_uid, gid: status.st_gid, mtime: time(of: path, status),
            attributes: [:])
        return TreeChanges.Change(entry: entry, file: file(path))
    }

    private func time(of path: ArchivePath, _ status: stat) -> Int64 {
        let time = max(0, Int64(status.st_mtim.tv_sec))
        guard Self.isBelowUsr(path) else { return min(time, epoch) }
        // update-alternatives(1) gives its links the times of their targets: each update of vim would change the layer
        // of Python's byte code, too.
        let isContents = status.st_mode & S_IFMT == S_IFREG
        return time > epoch || !isContents ? Self.timeBelowUsr : time
    }

    /// Whether `path` is `/usr` or below it.
    static func isBelowUsr(_ path: ArchivePath) -> Bool {
        path.string.utf8.starts(with: "usr/".utf8) || path.string.utf8.elementsEqual("usr".utf8)
    }

    private func kind(
        _ path: ArchivePath, _ status: stat, _ links: inout Links
    ) throws -> ArchiveEntry.Kind {
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .directory
        case S_IFLNK: return .symlink(target: try Files.target(of: file(path)))
        case S_IFREG:
            let inode = inode(path, status)
            if status.st_nlink > 1, let first = links[inode] { return .hardlink(target: first) }
            links[inode] = path
            return .file(size: UInt64(status.st_size))
        default: throw BuildError.oddFile(path: path.string)
        }
    }

    private func file(_ path: ArchivePath) -> FilePath { path.isRoot ? root : root.pushing(FilePath(path.string)) }
}
