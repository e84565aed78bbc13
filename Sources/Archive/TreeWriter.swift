// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// Writes entries as files below one directory, which no entry can escape: every parent is opened with openat2(2) and
/// `RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS`, and every file is created anew.
///
/// Not safe for concurrent use.
package final class TreeWriter {
    /// The root directory.
    let root: FilePath
    let setsOwners: Bool
    let directories: DirectoryCache
    /// The final metadata of directories; applied last, because writing into a directory changes its times.
    private var pending: [ArchivePath: ArchiveEntry] = [:]

    /// Creates a writer for `root`, which must exist. Without `setsOwners` all files are owned by the caller, and
    /// `security.` attributes, which only root may set, are omitted.
    ///
    /// - Throws: `FileError`.
    package init(root: FilePath, setsOwners: Bool) throws {
        self.root = root
        self.setsOwners = setsOwners
        directories = try DirectoryCache(root)
    }

    /// Creates `entry` and its missing parent directories (owned by root, mode 0755, time 0). An existing directory is
    /// reused; any other existing file is an error. `contents` receives a sink and must write exactly `entry.size`
    /// bytes.
    ///
    /// - Throws: `ArchiveError.inTheWay`, `.contents`, `.missingTarget`; `FileError`; errors of `contents`.
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

    /// Sets the modes, owners, attributes and times of the directories.
    ///
    /// - Throws: `FileError`.
    package func finish() throws {
        // The deepest first: a directory that becomes inaccessible to its owner has no pending entries below it.
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

    /// Opens the directory `path`, creating it when it is missing.
    func directory(_ path: ArchivePath) throws -> FileDescriptor {
        do { return try directories.open(path, root: root) } catch let error as FileError
            where error.errno == .noSuchFileOrDirectory
        {}
        guard let above = path.parent else { throw FileError("open", root, .noSuchFileOrDirectory) }
        let parent = try directory(above)
        // Accessible to its owner while it is filled; the directory may also have been created by another process
        // meanwhile.
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
