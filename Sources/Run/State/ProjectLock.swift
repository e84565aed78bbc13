// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The lock that every launcher holds on its project and on each of its repositories while it runs, whatever its user and
/// its state directory: several projects can have one repository.
///
/// It is named by the device and the inode of the directory, in a directory of the host that is never mounted: a lock in the
/// project itself could be held by its container. The kernel drops it with the process.
package final class ProjectLock: Sendable {
    private let file: FileDescriptor

    /// The descriptor that holds the lock.
    package var descriptor: Int32 { file.rawValue }

    /// The directories that everybody may write and that no container gets, the first one first.
    package static let places: [FilePath] = ["/run/lock", "/dev/shm"]

    /// Joins those who run with the directory `identity`.
    ///
    /// - Parameter places: Where the lock may be; the first that is a sticky directory of root's counts.
    /// - Throws: `RunError.foreignLock` where another user put something else there or holds it alone, `FileError`.
    package init(_ identity: FileIdentity, places: [FilePath] = places) throws {
        guard let place = places.first(where: Self.isShared) else { throw RunError.noLockDirectory(places) }
        let path = place.appending("opencode-docker-\(identity.device)-\(identity.inode).lock")
        file = try Self.open(path)
        for _ in 0..<50 {
            if flock(file.rawValue, LOCK_SH | LOCK_NB) == 0 { return }
            usleep(100_000)
        }
        throw RunError.foreignLock(path)
    }

    deinit { try? file.close() }

    /// Whether nobody else runs it. From then on nobody else can, until this is gone.
    package func isLast() -> Bool { flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 }

    private static func isShared(_ place: FilePath) -> Bool {
        guard let status = try? Files.status(of: place) else { return false }
        let isSticky = status.st_mode & 0o1002 == 0o1002
        return status.st_mode & S_IFMT == S_IFDIR && status.st_uid == 0 && (isSticky || status.st_mode & 0o022 == 0)
    }

    /// flock(2) needs a file that can be read. The kernel refuses O_CREAT on another user's file in a sticky directory
    /// (fs.protected_regular), so it is opened first, and made where it is not there.
    private static func open(_ path: FilePath) throws -> FileDescriptor {
        for _ in 0..<10 {
            do {
                let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
                var status = stat()
                guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                    try? file.close()
                    throw RunError.foreignLock(path)
                }
                return file
            } catch Errno.noSuchFileOrDirectory {
                let made = path.withPlatformString { Glibc.open($0, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644) }
                if made >= 0 {
                    fchmod(made, 0o644)
                    return FileDescriptor(rawValue: made)
                }
                guard errno == EEXIST else { throw FileError("create", path, Errno(rawValue: errno)) }
            } catch is Errno { throw RunError.foreignLock(path) }
        }
        throw RunError.foreignLock(path)
    }
}
