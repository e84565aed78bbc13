// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// A file that the user named for output.
///
/// A regular file is replaced atomically (temporary file, fsync, rename). A device or a FIFO is kept and written to, like
/// a shell's redirection, but a FIFO without a reader is an error. A symbolic link is followed, except in a directory
/// that a container may have written (`OutputTrail`).
package struct OutputFile: Hashable, Sendable {
    /// The way in which the bytes are written.
    package enum Way: Hashable, Sendable {
        /// Rename a temporary file to this path.
        case replace(FilePath)
        /// Open this path and write to it.
        case writeThrough(FilePath)
    }

    /// The path as the user named it.
    package let path: FilePath
    /// The way in which it is written.
    package let way: Way

    /// Examines `path`, which need not exist.
    ///
    /// - Throws: `FileError` for a directory, and for symbolic links without a usable target; `OutputError.link`.
    package init(_ path: FilePath) throws {
        self.path = path
        way = try Self.way(to: path)
    }

    /// Calls `body` with the file, opened for writing. A regular file is unchanged when `body` throws.
    ///
    /// - Parameter mode: The mode of a regular file.
    /// - Throws: `FileError`, `OutputError`, and errors of `body`.
    package func write<Result>(
        mode: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead], _ body: (FileDescriptor) throws -> Result
    ) throws -> Result {
        switch way {
        case .replace(let place): return try mapErrno("write", path) { try Self.replace(place, mode, body) }
        case .writeThrough(let place):
            let file = try Self.open(place)
            return try file.closeAfter { try mapErrno("write", path) { try body(file) } }
        }
    }

    /// Checks the way to a directory that is written to or created, which need not exist.
    ///
    /// - Throws: `OutputError.link`, `FileError`.
    package static func checkDirectory(_ path: FilePath) throws {
        do { try OutputTrail.follow(path) { _, _ in } } catch let error as FileError
            where [.noSuchFileOrDirectory, .isDirectory].contains(error.errno)
        {}
    }

    /// Writes `bytes`.
    ///
    /// - Throws: `FileError`, `OutputError`.
    package func write(
        _ bytes: some Collection<UInt8>, mode: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
    ) throws {
        let bytes = Array(bytes)
        try write(mode: mode) { file in _ = try file.writeAll(bytes) }
    }

    /// Opens the path of `Way.writeThrough`. A reader of a FIFO has a second to open it.
    ///
    /// - Throws: `FileError`, `OutputError`.
    package static func open(_ place: FilePath) throws -> FileDescriptor {
        try OutputTrail.follow(place) { directory, name in
            var attempts = 20
            while true {
                if let file = try open(name, in: directory) { return file }
                attempts -= 1
                guard attempts > 0 else { throw OutputError.noReader(place) }
                poll(nil, 0, 50)
            }
        }
    }

    /// - Returns: `nil` for a FIFO that nothing reads.
    private static func open(_ name: FilePath.Component, in directory: FileDescriptor) throws -> FileDescriptor? {
        // Without O_CREAT and O_TRUNC: only the existing file is opened, and nothing else is changed.
        let links = OutputTrail.isOfKernel(directory) ? 0 : O_NOFOLLOW
        let flags = O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | links
        let number = name.withPlatformString { openat(directory.rawValue, $0, flags) }
        guard number >= 0 else {
            let reason = Errno(rawValue: errno)
            var status = stat()
            guard reason == .noSuchAddressOrDevice,
                name.withPlatformString({ fstatat(directory.rawValue, $0, &status, 0) }) == 0,
                status.st_mode & S_IFMT == S_IFIFO
            else { throw reason }
            return nil
        }
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) & ~O_NONBLOCK)
        return FileDescriptor(rawValue: number)
    }

    private static func replace<Result>(
        _ place: FilePath, _ mode: FilePermissions, _ body: (FileDescriptor) throws -> Result
    ) throws -> Result {
        try OutputTrail.follow(place) { directory, name in
            let temporary = Files.temporary(beside: FilePath(root: nil, components: name)).string
            let number = openat(
                directory.rawValue, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode.rawValue))
            guard number >= 0 else { throw Errno(rawValue: errno) }
            do {
                let file = FileDescriptor(rawValue: number)
                let result = try file.closeAfter {
                    let result = try body(file)
                    guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
                    return result
                }
                let renamed = name.withPlatformString {
                    renameat(directory.rawValue, temporary, directory.rawValue, $0)
                }
                guard renamed == 0 else { throw Errno(rawValue: errno) }
                return result
            } catch {
                unlinkat(directory.rawValue, temporary, 0)
                throw error
            }
        }
    }

    /// stat(2) follows links, including the links of /proc to files without a name (`/dev/stdout` to a pipe).
    private static func way(to path: FilePath) throws -> Way {
        let place = try end(ofLinks: path)
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            guard errno == ENOENT else { throw FileError("write", path, Errno(rawValue: errno)) }
            return .replace(place)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError("write", path, .isDirectory) }
        var named = Glibc.stat()
        let isThere = place.withPlatformString { lstat($0, &named) } == 0
        // A link of /proc to a removed or renamed file has the name of another file, or of none.
        let isNamed = isThere && named.st_ino == status.st_ino && named.st_dev == status.st_dev
        guard isNamed else { return .writeThrough(path) }
        return status.st_mode & S_IFMT == S_IFREG ? .replace(place) : .writeThrough(place)
    }

    /// The path without links; what a link of /proc says for a file that is open.
    private static func end(ofLinks path: FilePath) throws -> FilePath {
        try OutputTrail.follow(path) { directory, name in
            let place = try OutputTrail.place(of: name, in: directory)
            guard OutputTrail.isOfKernel(directory), let target = try? Files.targetPath(of: place), target.isAbsolute
            else { return place }
            return target
        }
    }
}
