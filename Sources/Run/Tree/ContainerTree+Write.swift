// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// The owner of a file that root creates for another user.
package struct FileOwner: Hashable, Sendable {
    /// The UID.
    package let userID: UInt32
    /// The GID.
    package let groupID: UInt32

    /// Creates an owner.
    package init(userID: UInt32, groupID: UInt32) {
        self.userID = userID
        self.groupID = groupID
    }
}

extension ContainerTree {
    /// Creates the directory `path` in an existing parent. An existing directory is not changed.
    ///
    /// - Parameter owner: The owner, if the caller is root; `nil` for the parent's owner.
    /// - Throws: `FileError`; `.fileExists` when another kind of file exists there.
    package func makeDirectory(_ path: FilePath, mode: mode_t = 0o755, owner: FileOwner? = nil) throws {
        try mapErrno("create", place(path)) {
            try withParent(of: path) { parent, name in
                let isNew = mkdirat(parent.rawValue, name, mode) == 0
                guard isNew || errno == EEXIST else { throw Errno(rawValue: errno) }
                let made: FileDescriptor
                do {
                    made = try Self.open(
                        FilePath(platformString: name), beneath: parent, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
                } catch
                    Errno.notDirectory, Errno.tooManySymbolicLinkLevels
                { throw Errno.fileExists }
                try made.closeAfter { if isNew { try hand(made, to: owner, in: parent) } }
            }
        }
    }

    /// Creates the regular file `path` atomically: a killed launcher leaves nothing.
    ///
    /// - Parameter owner: The owner, if the caller is root; `nil` for the owner of its directory.
    /// - Throws: `FileError`; `.fileExists` when the path exists.
    package func create(
        _ path: FilePath, _ bytes: some Collection<UInt8>, mode: mode_t = 0o644, owner: FileOwner? = nil
    ) throws {
        try mapErrno("create", place(path)) {
            try withParent(of: path) { parent, name in
                let file = try nameless(in: parent, bytes, mode: mode, owner: owner)
                try file.closeAfter { try Self.link(file, in: parent, name) }
            }
        }
    }

    /// Creates or replaces the regular file `path` atomically: readers see either the old or the new bytes.
    ///
    /// - Throws: `FileError`; `.isDirectory` for a directory. A link is replaced, not followed.
    package func replace(
        _ path: FilePath, _ bytes: some Collection<UInt8>, mode: mode_t = 0o644, owner: FileOwner? = nil
    ) throws {
        try mapErrno("write", place(path)) {
            try withParent(of: path) { parent, name in
                let file = try nameless(in: parent, bytes, mode: mode, owner: owner)
                let temporary = ".opencode-docker.\(Files.uniqueSuffix())"
                try file.closeAfter { try Self.link(file, in: parent, temporary) }
                guard renameat(parent.rawValue, temporary, parent.rawValue, name) == 0 else {
                    let failure = Errno(rawValue: errno)
                    unlinkat(parent.rawValue, temporary, 0)
                    throw failure
                }
            }
        }
    }

    /// Removes the file or the link `path`, if it exists.
    ///
    /// - Throws: `FileError`.
    package func unlink(_ path: FilePath) throws { try remove(path, 0) }

    /// Removes the regular file `path` if its content has that digest.
    ///
    /// - Parameter size: The size in bytes; a file of another size is not read.
    /// - Returns: Whether nothing is at `path` any more.
    /// - Throws: `FileError`, also when a parent is a link or a file.
    func unlink(_ path: FilePath, holding digest: Digest, size: Int) throws -> Bool {
        guard let status = try status(path) else { return true }
        guard FileKind(mode: status.st_mode) == .file, Int(status.st_size) == size,
            let bytes = bytes(path, limit: max(1, size)), Digest(of: bytes) == digest,
            try identity(path) == FileIdentity(status)
        else { return false }
        try unlink(path)
        return true
    }

    /// Removes the empty directory `path`, if it exists.
    ///
    /// - Throws: `FileError`.
    package func removeDirectory(_ path: FilePath) throws { try remove(path, AT_REMOVEDIR) }

    private func remove(_ path: FilePath, _ flags: Int32) throws {
        try mapErrno("remove", place(path)) {
            try withParent(of: path) { parent, name in
                guard unlinkat(parent.rawValue, name, flags) == 0 || errno == ENOENT else {
                    throw Errno(rawValue: errno)
                }
            }
        }
    }

    /// Renames `path`, of any kind, within its directory to an unused quarantine name.
    ///
    /// - Returns: The new path on the host.
    /// - Throws: `FileError`.
    package func moveAside(_ path: FilePath) throws -> FilePath {
        try mapErrno("move aside", place(path)) {
            try withParent(of: path) { parent, name in
                // A container could occupy all numbers.
                for mark in (1...1000).lazy.map({ "\($0)" }) + [Files.uniqueSuffix()] {
                    let new = "\(Self.shortened(path.lastComponent)).quarantined-\(mark)"
                    if clinux_rename_exclusively(parent.rawValue, name, parent.rawValue, new) == 0 {
                        return place(path.removingLastComponent().appending(new))
                    }
                    guard errno == EEXIST else { throw Errno(rawValue: errno) }
                }
                throw Errno.fileExists
            }
        }
    }

    /// A prefix of the name, short enough for the suffix.
    private static func shortened(_ name: FilePath.Component?) -> String {
        String(decoding: (name?.string ?? "").utf8.prefix(50), as: UTF8.self)
    }

    /// Restores the owner's permissions on the directory or the file `path`.
    ///
    /// - Throws: `FileError`; `.notDirectory` for anything else.
    package func openToOwner(_ path: FilePath) throws {
        try change(path, "change the mode of") { name, status in
            let needed = FileKind(mode: status.st_mode) == .directory ? S_IRWXU : S_IRUSR | S_IWUSR
            return status.st_mode & needed == needed ? 0 : chmod(name, status.st_mode & 0o7777 | needed)
        }
    }

    /// Changes the owner of the directory `path`, not recursively, or of a file without other hard links; requires
    /// root.
    ///
    /// - Throws: `FileError`; `.notDirectory` for anything else.
    package func give(_ path: FilePath, to owner: FileOwner) throws {
        try change(path, "change the owner of") { name, _ in chown(name, owner.userID, owner.groupID) }
    }

    /// Lets `change` make a system call for the directory `path`, or a file without other hard links, by a name that
    /// cannot be redirected.
    private func change(
        _ path: FilePath, _ action: String, _ change: (_ name: String, _ status: stat) -> Int32
    ) throws {
        try mapErrno(action, place(path)) {
            let file = try locate(path)
            try file.closeAfter {
                let status = try Self.status(of: file)
                let kind = FileKind(mode: status.st_mode)
                guard kind == .directory || (kind == .file && status.st_nlink == 1) else { throw Errno.notDirectory }
                // fchmod(2) and fchown(2) refuse a descriptor opened with O_PATH; its link in /proc refers to the same
                // file.
                guard change("/proc/self/fd/\(file.rawValue)", status) == 0 else { throw Errno(rawValue: errno) }
            }
        }
    }

    /// A complete file without a name (open(2), O_TMPFILE).
    private func nameless(
        in parent: FileDescriptor, _ bytes: some Collection<UInt8>, mode: mode_t, owner: FileOwner?
    ) throws -> FileDescriptor {
        let number = clinux_open_nameless(parent.rawValue, mode)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        let file = FileDescriptor(rawValue: number)
        do {
            try file.writeAll(Array(bytes))
            guard fchmod(number, mode) == 0 else { throw Errno(rawValue: errno) }
            try hand(file, to: owner, in: parent)
        } catch {
            try? file.close()
            throw error
        }
        return file
    }

    private static func link(
        _ file: FileDescriptor, in parent: FileDescriptor, _ name: UnsafePointer<CInterop.PlatformChar>
    ) throws {
        let source = "/proc/self/fd/\(file.rawValue)"
        guard linkat(AT_FDCWD, source, parent.rawValue, name, AT_SYMLINK_FOLLOW) == 0 else {
            throw Errno(rawValue: errno)
        }
    }

    /// Gives a newly created file to `owner`. Files that do not belong to the caller are never given away.
    private func hand(_ file: FileDescriptor, to owner: FileOwner?, in parent: FileDescriptor) throws {
        guard geteuid() == 0 else { return }
        let above = try Self.status(of: parent)
        guard try Self.status(of: file).st_uid == 0 else { return }
        let owner = owner ?? FileOwner(userID: above.st_uid, groupID: above.st_gid)
        guard fchown(file.rawValue, owner.userID, owner.groupID) == 0 else { throw Errno(rawValue: errno) }
    }
}
