// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The directory of one run in memory, with sockets and tokens: mounted read-only in the container, and removed with
/// the launcher.
///
/// The outer directory is accessible to the caller only. The inner one, which is mounted, is accessible to everyone who
/// can reach it: the container's user can read it, whatever its UID and its mapping, and no other user of the host can.
package final class SessionDirectory: Sendable {
    /// The mount point in the container.
    package static let target = "/run/opencode-session"

    /// The directory for the launcher's own files.
    package let outer: FilePath
    /// The directory that the container sees.
    package let inner: FilePath
    private let owner: FileDescriptor

    /// Creates a directory below the first of `places` that is in memory, and removes those of killed launchers there.
    ///
    /// - Throws: `RunError.noMemoryDirectory`, `.foreignDirectory`, `FileError`.
    package init(places: [FilePath]) throws {
        let parent = try Self.parent(in: places)
        Self.reap(parent)
        outer = parent.appending("\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 36))")
        inner = outer.appending("seen")
        try Self.make(outer, mode: 0o700)
        owner = try mapErrno("create", outer) { [outer] in
            try FileDescriptor.open(
                outer.appending("owner"), .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
        }
        flock(owner.rawValue, LOCK_EX | LOCK_NB)
        try Self.make(inner, mode: 0o755)
    }

    /// Writes a file that the container can read.
    ///
    /// - Parameter isWritable: Whether a mount of the file itself may be writable.
    /// - Throws: `FileError`.
    package func put(_ bytes: some Collection<UInt8>, as name: String, isWritable: Bool = false) throws {
        let path = inner.pushing(FilePath(name))
        try Files.makeDirectories(path.removingLastComponent())
        chmod(path.removingLastComponent().string, 0o755)
        try Files.write(bytes, to: path)
        chmod(path.string, isWritable ? 0o666 : 0o644)
    }

    /// The contents of a file that the container could write, read by handle; `nil` when it is not a regular file of at
    /// most `limit` bytes.
    package func written(_ name: String, limit: Int) -> [UInt8]? {
        (try? ContainerTree(inner))?.bytes(FilePath(name), limit: limit)
    }

    /// Writes a file that only the launcher and its children can read.
    ///
    /// - Returns: Its path.
    /// - Throws: `FileError`.
    package func keep(_ bytes: some Collection<UInt8>, as name: String) throws -> FilePath {
        let path = outer.appending(name)
        try Files.write(bytes, to: path, mode: [.ownerReadWrite])
        return path
    }

    /// Removes the directory.
    package func remove() {
        try? Files.removeTree(outer)
        try? owner.close()
    }

    /// The usual parents of such directories (XDG base directory specification; shm_overview(7)).
    package static func places(runtimeDirectory: String?) -> [FilePath] {
        (runtimeDirectory.map { [FilePath($0)] } ?? []) + [FilePath("/run/user/\(geteuid())"), "/dev/shm"]
    }

    private static func parent(in places: [FilePath]) throws -> FilePath {
        guard let place = places.first(where: isInMemory) else { throw RunError.noMemoryDirectory(places) }
        let parent = place.appending("opencode-docker-\(geteuid())")
        if mkdir(parent.string, 0o700) != 0 && errno != EEXIST {
            throw FileError("create", parent, Errno(rawValue: errno))
        }
        let status = try Files.status(of: parent)
        // /dev/shm is writable for every user, so an existing directory is checked.
        guard status.st_uid == geteuid(), status.st_mode & S_IFMT == S_IFDIR, status.st_mode & 0o077 == 0 else {
            throw RunError.foreignDirectory(parent)
        }
        return parent
    }

    private static func isInMemory(_ directory: FilePath) -> Bool {
        var status = stat()
        guard directory.withPlatformString({ stat($0, &status) }) == 0, access(directory.string, W_OK) == 0,
            let mounts = try? Files.read("/proc/self/mountinfo", limit: 1 << 24)
        else { return false }
        return MountTable(String(decoding: mounts, as: UTF8.self)).type(ofDevice: UInt64(status.st_dev)) == "tmpfs"
    }

    private static func make(_ directory: FilePath, mode: mode_t) throws {
        guard mkdir(directory.string, 0o700) == 0, chmod(directory.string, mode) == 0 else {
            throw FileError("create", directory, Errno(rawValue: errno))
        }
    }

    private static func reap(_ parent: FilePath) {
        for name in (try? Files.list(parent)) ?? [] {
            let directory = parent.appending(name)
            guard let file = try? FileDescriptor.open(directory.appending("owner"), .readWrite, options: .closeOnExec)
            else {
                continue
            }
            // The kernel releases the lock with the process; unlike a PID, a lock cannot be reused.
            if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 { try? Files.removeTree(directory) }
            try? file.close()
        }
    }
}
