// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// A file that a user named for output.
///
/// A regular file is replaced as a whole (temporary file, fsync, rename), at the place that a symbolic link leads to. A
/// device or a FIFO stays what it is and is written to, as by a shell's redirection.
package struct OutputFile: Hashable, Sendable {
    /// How the bytes get there.
    package enum Way: Hashable, Sendable {
        /// A temporary file beside this path is renamed to it.
        case replace(FilePath)
        /// This path is opened and written to.
        case writeThrough(FilePath)
    }

    /// The file as it was named.
    package let path: FilePath
    /// How it is written.
    package let way: Way

    /// Looks at `path`, which need not exist.
    ///
    /// - Throws: `FileError` for a directory, and where symbolic links lead nowhere that a file can be made.
    package init(_ path: FilePath) throws {
        self.path = path
        way = try Self.way(to: path)
    }

    /// Gives `body` the file, opened for writing. When `body` throws, a regular file is as it was.
    ///
    /// - Throws: `FileError`, and what `body` throws.
    package func write<Result>(_ body: (FileDescriptor) throws -> Result) throws -> Result {
        switch way {
        case .replace(let place): return try replace(place, body)
        case .writeThrough(let place):
            let file = try Self.open(place)
            return try file.closeAfter { try mapErrno("write", path) { try body(file) } }
        }
    }

    /// Opens what `Way.writeThrough` names; a FIFO waits for its reader.
    ///
    /// - Throws: `FileError`.
    package static func open(_ place: FilePath) throws -> FileDescriptor {
        // Neither O_CREAT nor O_TRUNC: what was there a moment ago is meant, and nothing else is changed.
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

    /// stat(2) follows links, those of /proc too, which lead to what has no name (`/dev/stdout` to a pipe).
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
            // A link of /proc to a file that was removed or renamed has the name of another one, or of none.
            guard isThere, named.st_ino == status.st_ino, named.st_dev == status.st_dev else {
                return .writeThrough(path)
            }
            return .replace(place)
        default: return .writeThrough(path)
        }
    }

    /// The path behind all symbolic links of the last component, which need not exist. The kernel follows forty
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
