// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Synchronization
import SystemPackage

/// The lock that every launcher holds on its project and on each of its repositories while it runs, whatever its state
/// directory: several projects can share a repository.
///
/// The lock file is named by the device and the inode of the directory, and is stored in a directory of the host that
/// is never mounted: a lock in the project itself could be held by its container. The kernel releases it with the
/// process. Only its owner can open the file, because every process that can open it could hold it forever. The last
/// holder removes it.
package final class ProjectLock: Sendable {
    /// The open file; reopened when it was removed between two calls.
    private let file: Mutex<FileDescriptor>
    private let path: FilePath
    private let owner: UInt32?

    /// The descriptor that holds the lock.
    package var descriptor: Int32 { file.withLock(\.rawValue) }

    /// The directories that every user may write to and that no container gets, in order of preference.
    package static let places: [FilePath] = ["/run/lock", "/dev/shm"]

    /// The first of `places` that is a sticky directory owned by root.
    static func place(among places: [FilePath] = places) -> FilePath? { places.first(where: isShared) }

    /// Takes a shared lock on the directory `identity`.
    ///
    /// - Parameters:
    ///   - owner: The owner of the project, who gets a file that root creates.
    ///   - places: The possible directories; the first sticky directory of root is used.
    /// - Throws: `RunError.foreignLock` when the file belongs to another user or is locked exclusively, `FileError`.
    package init(_ identity: FileIdentity, owner: UInt32? = nil, places: [FilePath] = places) throws {
        guard let place = Self.place(among: places) else { throw RunError.noLockDirectory(places) }
        path = place.appending(Self.name(of: identity))
        self.owner = owner
        file = Mutex(try Self.join(path, owner))
    }

    deinit {
        remove()
        file.withLock { try? $0.close() }
    }

    /// Takes an exclusive lock; returns whether no other process holds the lock.
    package func isLast() -> Bool {
        file.withLock { flock($0.rawValue, LOCK_EX | LOCK_NB) == 0 && Self.isFile($0, at: path) }
    }

    /// Whether no process holds a lock on the directory `identity`, as far as this process may know. This process must
    /// not hold one.
    package static func isFree(_ identity: FileIdentity, places: [FilePath] = places) -> Bool {
        guard let place = place(among: places) else { return false }
        let file: FileDescriptor
        do {
            let path = place.appending(name(of: identity))
            file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
        } catch { return error as? Errno == .noSuchFileOrDirectory }
        defer { try? file.close() }
        return flock(file.rawValue, LOCK_EX | LOCK_NB) == 0
    }

    private static func name(of identity: FileIdentity) -> String {
        "opencode-docker-\(identity.device)-\(identity.inode).lock"
    }

    /// Takes a shared lock again after `isLast`; a failed conversion loses the lock (flock(2)).
    ///
    /// - Throws: as `init`.
    package func share() throws {
        try file.withLock { file in
            guard flock(file.rawValue, LOCK_SH | LOCK_NB) != 0 || !Self.isFile(file, at: path) else { return }
            let new = try Self.join(path, owner)
            try? file.close()
            file = new
        }
    }

    /// Removes the file if no other process holds it. A process that has opened it in the meantime notices that its
    /// name is gone.
    package func remove() {
        file.withLock { file in
            guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0, Self.isFile(file, at: path) else { return }
            unlink(path.string)
        }
    }

    private static func isShared(_ place: FilePath) -> Bool {
        guard let status = try? Files.status(of: place) else { return false }
        let isSticky = status.st_mode & 0o1002 == 0o1002
        return status.st_mode & S_IFMT == S_IFDIR && status.st_uid == 0 && (isSticky || status.st_mode & 0o022 == 0)
    }

    private static func isFile(_ file: FileDescriptor, at path: FilePath) -> Bool {
        var (held, named) = (stat(), stat())
        guard fstat(file.rawValue, &held) == 0, lstat(path.string, &named) == 0 else { return false }
        return FileIdentity(held) == FileIdentity(named)
    }

    /// Opens the file and takes a shared lock. A file that was removed in between is opened again.
    private static func join(_ path: FilePath, _ owner: UInt32?) throws -> FileDescriptor {
        for _ in 0..<50 {
            let file = try open(path, owner)
            let isLocked = flock(file.rawValue, LOCK_SH | LOCK_NB) == 0
            if isLocked && isFile(file, at: path) { return file }
            try? file.close()
            if !isLocked { usleep(100_000) }
        }
        throw foreign(path)
    }

    private static func foreign(_ path: FilePath) -> RunError {
        var status = stat()
        return .foreignLock(path, owner: lstat(path.string, &status) == 0 ? status.st_uid : nil)
    }

    /// flock(2) needs a readable file. The kernel refuses O_CREAT on another user's file in a sticky directory
    /// (fs.protected_regular), so the file is opened first, and created when missing. Only root may use another user's
    /// file; root's file may be used by everyone who can open it, because root gains nothing by holding it forever.
    private static func open(_ path: FilePath, _ owner: UInt32?) throws -> FileDescriptor {
        for _ in 0..<10 {
            do {
                let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
                var status = stat()
                guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                    [geteuid(), 0].contains(status.st_uid) || geteuid() == 0
                else {
                    try? file.close()
                    throw foreign(path)
                }
                return file
            } catch Errno.noSuchFileOrDirectory {
                let made = path.withPlatformString { Glibc.open($0, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
                if made >= 0 {
                    if let owner, geteuid() == 0 { fchown(made, owner, gid_t.max) }
                    return FileDescriptor(rawValue: made)
                }
                guard errno == EEXIST else { throw FileError("create", path, Errno(rawValue: errno)) }
            } catch is Errno { throw foreign(path) }
        }
        throw foreign(path)
    }
}
