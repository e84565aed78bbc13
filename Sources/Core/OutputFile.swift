// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// A file that the user named for output.
///
/// A regular file is replaced atomically (temporary file, fsync, rename), at the target of a symbolic link. A device or
/// a FIFO is kept and written to, like a shell's redirection.
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
    /// - Throws: `FileError` for a directory, and for symbolic links without a usable target.
    package init(_ path: FilePath) throws {
        self.path = path
        way = try Self.way(to: path)
    }

    /// Calls `body` with the file, opened for writing. A regular file is unchanged when `body` throws.
    ///
    /// - Throws: `FileError`, and errors of `body`.
    package func write<Result>(_ body: (FileDescriptor) throws -> Result) throws -> Result {
        switch way {
        case .replace(let place): return try replace(place, body)
        case .writeThrough(let place):
            let file = try Self.open(place)
            return try file.closeAfter { try mapErrno("write", path) { try body(file) } }
        }
    }

    /// Opens the path of `Way.writeThrough`; opening a FIFO waits for its reader.
    ///
    /// - Throws: `FileError`.
    package static func open(_ place: FilePath) throws -> FileDescriptor {
        // Without O_CREAT and O_TRUNC: only the existing file is opened, and nothing else is changed.
        try mapErrno("write", place) {
            try FileDescriptor.open(place, .writeOnly, options: [.closeOnExec, .init(rawValue: O_NOCTTY)])
        }
    }

    /// Writes `bytes`.
    ///
    /// - Throws: `FileError`.
    package func write(_ bytes: some Collection<UInt8>) throws {
        let bytes = Array(bytes)
        try write { file in _ = try file.writeAll(bytes) }
    }

    private func replace<Result>(_ place: FilePath, _ body: (FileDescriptor) throws -> Result) throws -> Result {
        let temporary = Files.temporary(beside: place)
        do {
            return try mapErrno("write", path) {
                let file = try FileDescriptor.open(
                    temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: [.ownerReadWrite, .groupRead, .otherRead])
                let result = try file.closeAfter {
                    let result = try body(file)
                    guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
                    return result
                }
                guard rename(temporary.string, place.string) == 0 else { throw Errno(rawValue: errno) }
                return result
            }
        } catch {
            unlink(temporary.string)
            throw error
        }
    }

    /// stat(2) follows links, including the links of /proc to files without a name (`/dev/stdout` to a pipe).
    private static func way(to path: FilePath) throws -> Way {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            guard errno == ENOENT else { throw FileError("write", path, Errno(rawValue: errno)) }
            return .replace(try end(ofLinks: path))
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw FileError("write", path, .isDirectory)
        case S_IFREG:
            let place = try end(ofLinks: path)
            var named = Glibc.stat()
            let isThere = place.withPlatformString { lstat($0, &named) } == 0
            // A link of /proc to a removed or renamed file has the name of another file, or of none.
            guard isThere, named.st_ino == status.st_ino, named.st_dev == status.st_dev else {
                return .writeThrough(path)
            }
            return .replace(place)
        default: return .writeThrough(path)
        }
    }

    /// Resolves all symbolic links of the last component, which need not exist. The kernel follows at most forty
    /// (path_resolution(7)).
    private static func end(ofLinks path: FilePath) throws -> FilePath {
        var place = path
        for _ in 0..<40 {
            var status = stat()
            guard place.withPlatformString({ lstat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFLNK else {
                return place
            }
            place = place.removingLastComponent().pushing(FilePath(try Files.target(of: place)))
        }
        throw FileError("write", path, .tooManySymbolicLinkLevels)
    }
}
