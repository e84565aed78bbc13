// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// The resolution of an output path by handle, one component at a time, as the kernel performs it (path_resolution(7)).
///
/// A container can leave a link in a directory that it writes, to a file of the host. Such directories are those below
/// the current one, and those of a Git work tree: a link in one of them is an error. Links elsewhere are followed, as
/// are those of /proc.
struct OutputTrail {
    /// The longest chain of links that the kernel follows.
    private static let mostLinks = 40

    private let path: FilePath
    private var directory: FileDescriptor
    private var links = 0
    /// The remaining components in reverse order.
    private var rest: [FilePath.Component]

    /// Calls `body` with the handle of a directory and a name in it that is no link: the file that `path` names, or
    /// that it would create. A link of /proc is left as it is.
    ///
    /// - Throws: `OutputError.link`, `FileError`, and errors of `body`.
    static func follow<Result>(
        _ path: FilePath, _ body: (FileDescriptor, FilePath.Component) throws -> Result
    ) throws -> Result {
        var trail = try OutputTrail(path)
        defer { try? trail.directory.close() }
        return try mapErrno("write", path) {
            let name = try trail.toEnd()
            return try body(trail.directory, name)
        }
    }

    private init(_ path: FilePath) throws {
        guard !path.isEmpty else { throw FileError("write", path, .noSuchFileOrDirectory) }
        self.path = path
        rest = path.components.reversed()
        directory = try mapErrno("write", path) { try Self.root(path.isAbsolute ? "/" : ".") }
    }

    private static func root(_ path: String) throws -> FileDescriptor {
        let number = Glibc.open(path, __O_PATH | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: number)
    }

    private mutating func toEnd() throws -> FilePath.Component {
        while let name = rest.popLast() {
            switch name.kind {
            case .currentDirectory: continue
            case .parentDirectory: try enter(name)
            case .regular:
                if try isLink(name), !Self.isOfKernel(directory) {
                    try follow(name)
                } else if rest.contains(where: { $0.kind != .currentDirectory }) {
                    try enter(name)
                } else {
                    return name
                }
            }
        }
        throw Errno.isDirectory
    }

    private mutating func enter(_ name: FilePath.Component) throws {
        // The kernel's own links lead to directories without a name.
        let flags = __O_PATH | O_DIRECTORY | O_CLOEXEC | (Self.isOfKernel(directory) ? 0 : O_NOFOLLOW)
        let number = name.withPlatformString { openat(directory.rawValue, $0, flags) }
        guard number >= 0 else { throw Errno(rawValue: errno) }
        move(to: FileDescriptor(rawValue: number))
    }

    private mutating func move(to next: FileDescriptor) {
        try? directory.close()
        directory = next
    }

    private func isLink(_ name: FilePath.Component) throws -> Bool {
        var status = stat()
        let found = name.withPlatformString { fstatat(directory.rawValue, $0, &status, AT_SYMLINK_NOFOLLOW) }
        guard found == 0 else {
            guard errno == ENOENT else { throw Errno(rawValue: errno) }
            return false
        }
        return status.st_mode & S_IFMT == S_IFLNK
    }

    private mutating func follow(_ name: FilePath.Component) throws {
        links += 1
        guard links <= Self.mostLinks else { throw Errno.tooManySymbolicLinkLevels }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = name.withPlatformString { readlinkat(directory.rawValue, $0, &buffer, buffer.count - 1) }
        guard count >= 0 else { throw Errno(rawValue: errno) }
        let target = FilePath(platformString: buffer)
        guard !isWrittenByContainers else {
            throw OutputError.link(path, link: try Self.place(of: name, in: directory), target: target)
        }
        if target.isAbsolute { move(to: try Self.root("/")) }
        rest += target.components.reversed()
    }

    /// The path of `name` in `directory`, without a link.
    static func place(of name: FilePath.Component, in directory: FileDescriptor) throws -> FilePath {
        try Files.targetPath(of: FilePath("/proc/self/fd/\(directory.rawValue)")).appending(name)
    }

    /// Whether the directory is in /proc.
    static func isOfKernel(_ directory: FileDescriptor) -> Bool {
        identity(of: directory).map { $0.0 == identity(of: "/proc")?.0 } ?? false
    }

    /// Whether the directory is the current one or below it, or in a Git work tree.
    private var isWrittenByContainers: Bool {
        guard let current = Self.identity(of: "."), let root = Self.identity(of: "/") else { return true }
        guard var place = try? directory.duplicate() else { return true }
        defer { try? place.close() }
        while let (device, inode) = Self.identity(of: place) {
            // Everything is below the root directory.
            if (device, inode) == root { return false }
            if (device, inode) == current || Self.hasRepository(place) { return true }
            let number = openat(place.rawValue, "..", __O_PATH | O_DIRECTORY | O_CLOEXEC)
            guard number >= 0 else { return true }
            try? place.close()
            place = FileDescriptor(rawValue: number)
        }
        return true
    }

    private static func hasRepository(_ place: FileDescriptor) -> Bool {
        var status = stat()
        return fstatat(place.rawValue, ".git", &status, AT_SYMLINK_NOFOLLOW) == 0
    }

    private static func identity(of path: String) -> (dev_t, ino_t)? {
        var status = stat()
        return stat(path, &status) == 0 ? (status.st_dev, status.st_ino) : nil
    }

    private static func identity(of place: FileDescriptor) -> (dev_t, ino_t)? {
        var status = stat()
        return fstat(place.rawValue, &status) == 0 ? (status.st_dev, status.st_ino) : nil
    }
}
