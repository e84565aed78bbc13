// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// Writes entries as real files below one directory, which no entry can leave: every parent is opened by the kernel
/// with openat2(2) `RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS`, and every file is new.
///
/// Written for one task at a time.
package final class TreeWriter {
    /// The directory.
    let root: FilePath
    let setsOwners: Bool
    let directories: DirectoryCache
    /// What directories must look like in the end; set last, because what is written into them changes their times.
    private var pending: [ArchivePath: ArchiveEntry] = [:]

    /// Writes below `root`, which must exist. Without `setsOwners` everything belongs to the caller, and `security.`
    /// attributes, which only root may set, are left out.
    ///
    /// - Throws: `FileError`.
    package init(root: FilePath, setsOwners: Bool) throws {
        self.root = root
        self.setsOwners = setsOwners
        directories = try DirectoryCache(root)
    }

    /// Creates `entry`, and the directories above it that are missing, as root's with mode 0755 and time 0. A directory
    /// that is already there is taken over; anything else that is there is in the way. `contents` gets a sink and must
    /// deliver exactly as many bytes as the entry says.
    ///
    /// - Throws: `ArchiveError.inTheWay`, `.contents`, `.missingTarget`; `FileError`; what `contents` throws.
    package func write(_ entry: ArchiveEntry, contents: (ByteSink) throws -> Void) throws {
        if case .directory = entry.kind { return try writeDirectory(entry) }
        guard let above = entry.path.parent else { throw ArchiveError.inTheWay(path: .root, root: root.string) }
        let parent = try directory(above)
        switch entry.kind {
        case .directory: break
        case .file: try writeFile(entry, in: parent, contents)
        case .symlink(let target): try writeSymlink(entry, to: target, in: parent)
        case .hardlink(let target): try writeHardlink(entry, to: target, in: parent)
        }
    }

    /// Creates an entry that has no contents.
    ///
    /// - Throws: As above.
    package func write(_ entry: ArchiveEntry) throws { try write(entry) { _ in } }

    /// Gives the directories their modes, owners, attributes and times.
    ///
    /// - Throws: `FileError`.
    package func finish() throws {
        // The deepest first: a directory that its owner may not enter any more has nothing left to be done below it.
        for (path, entry) in pending.sorted(by: { $1.key < $0.key }) {
            let directory = try directories.open(path, root: root)
            try setMetadata(of: directory, from: entry)
        }
        pending = [:]
        directories.removeAll()
    }

    private func writeDirectory(_ entry: ArchiveEntry) throws {
        _ = try directory(entry.path)
        pending[entry.path] = entry
    }

    /// The directory `path`, made when it is missing.
    func directory(_ path: ArchivePath) throws -> FileDescriptor {
        do { return try directories.open(path, root: root) } catch let error as FileError
            where error.errno == .noSuchFileOrDirectory
        {}
        guard let above = path.parent else { throw FileError("open", root, .noSuchFileOrDirectory) }
        let parent = try directory(above)
        // Open to its owner while it is filled; another process may have made it meanwhile, and that is as good.
        if mkdirat(parent.rawValue, path.name, 0o700) != 0, errno != EEXIST { throw failure("create", path) }
        pending[path] = ArchiveEntry(path: path, kind: .directory, mode: 0o755)
        return try directories.open(path, root: root)
    }

    /// The error for the last system call on `path`.
    func failure(_ action: String, _ path: ArchivePath, _ code: Int32 = errno) -> any Error {
        if code == EEXIST { return ArchiveError.inTheWay(path: path, root: root.string) }
        return FileError(action, root.appending(path.string), Errno(rawValue: code))
    }
}
