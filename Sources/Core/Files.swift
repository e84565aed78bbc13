// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// Operations on whole files, with bounded reads and atomic writes.
package enum Files {
    /// Reads all of the regular file `path`, at most `limit` bytes. Links are followed. It never waits for the writer of
    /// a FIFO, unless the caller passes one as a descriptor: `/dev/fd/N`, as shells do for `<(command)`.
    ///
    /// - Throws: `FileError`; `.fileTooLarge` when there are more bytes than `limit`, `.invalidArgument` when it is no
    ///   regular file.
    package static func read(_ path: FilePath, limit: Int) throws -> [UInt8] {
        let isDescriptor = path.starts(with: "/dev/fd") || path.starts(with: "/proc/self/fd")
        return try mapErrno("read", path) {
            let file = try FileDescriptor.open(
                path, .readOnly, options: isDescriptor ? .closeOnExec : [.closeOnExec, .nonBlocking])
            return try file.closeAfter {
                guard isDescriptor || isRegular(file) else { throw Errno.invalidArgument }
                return try file.readToEnd(limit: limit)
            }
        }
    }

    private static func isRegular(_ file: FileDescriptor) -> Bool {
        var status = stat()
        return fstat(file.rawValue, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Replaces the contents of `path` by `bytes` atomically: temporary file, fsync, rename. Readers see the old bytes
    /// or the new ones.
    ///
    /// - Throws: `FileError`; `path` is unchanged in that case.
    package static func write(
        _ bytes: some Collection<UInt8>, to path: FilePath,
        mode: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
    ) throws {
        let temporary = temporary(beside: path)
        do {
            try mapErrno("write", path) {
                let file = try FileDescriptor.open(
                    temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: mode)
                try file.closeAfter {
                    try file.writeAll(Array(bytes))
                    guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
                }
                try rename(temporary, to: path)
            }
        } catch {
            temporary.withPlatformString { _ = unlink($0) }
            throw error
        }
    }

    /// Whether a file exists at `path`, without following a final symbolic link.
    package static func exists(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString({ lstat($0, &status) }) == 0
    }

    /// Whether `path` is a directory and not a symbolic link.
    package static func isDirectory(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString({ lstat($0, &status) }) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Creates `path` and its missing parents.
    ///
    /// - Throws: `FileError`.
    package static func makeDirectories(_ path: FilePath) throws {
        if path.withPlatformString({ mkdir($0, 0o755) }) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let parent = Optional(path.removingLastComponent()), parent != path, !parent.isEmpty
        else {
            throw FileError("create", path, Errno(rawValue: errno))
        }
        try makeDirectories(parent)
        guard path.withPlatformString({ mkdir($0, 0o755) }) == 0 || errno == EEXIST else {
            throw FileError("create", path, Errno(rawValue: errno))
        }
    }

    /// Removes `path` and everything below it, without following symbolic links; does nothing when it does not exist.
    ///
    /// - Throws: `FileError`.
    package static func removeTree(_ path: FilePath) throws {
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) }) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            path.withPlatformString { _ = chmod($0, 0o700) }
            for name in try names(in: path) { try removeTree(path.appending(name)) }
            guard path.withPlatformString(rmdir) == 0 else { throw FileError("remove", path, Errno(rawValue: errno)) }
        } else {
            guard path.withPlatformString(unlink) == 0 else { throw FileError("remove", path, Errno(rawValue: errno)) }
        }
    }

    /// The names in the directory `path`, sorted by their bytes, without `.` and `..`. A name that is not UTF-8 is
    /// repaired, and then names no file.
    ///
    /// - Throws: `FileError`.
    package static func list(_ path: FilePath) throws -> [String] {
        try names(in: path).map(\.string).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The names in the directory `path`, in no order, without `.` and `..`.
    ///
    /// - Throws: `FileError`.
    package static func names(in path: FilePath) throws -> [FilePath.Component] {
        guard let directory = path.withPlatformString(opendir) else {
            throw FileError("list", path, Errno(rawValue: errno))
        }
        defer { closedir(directory) }
        var names: [FilePath.Component] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CInterop.PlatformChar.self, capacity: Int(NAME_MAX) + 1) {
                    FilePath.Component(platformString: $0)
                }
            }
            if let name, name.kind == .regular { names.append(name) }
        }
        return names
    }

    /// The target of the symbolic link at `path`, byte for byte; what is not UTF-8 is repaired.
    ///
    /// - Throws: `FileError`.
    package static func target(of path: FilePath) throws -> String {
        String(decoding: try link(at: path).prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The path that the symbolic link at `path` names.
    ///
    /// - Throws: `FileError`.
    package static func targetPath(of path: FilePath) throws -> FilePath {
        FilePath(platformString: try link(at: path))
    }

    /// The target with its final NUL.
    private static func link(at path: FilePath) throws -> [CInterop.PlatformChar] {
        var buffer = [CInterop.PlatformChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = path.withPlatformString { readlink($0, &buffer, buffer.count - 1) }
        guard count >= 0 else { throw FileError("read", path, Errno(rawValue: errno)) }
        return buffer
    }

    /// Renames a file (rename(2)).
    ///
    /// - Throws: `Errno`.
    static func rename(_ path: FilePath, to other: FilePath) throws(Errno) {
        let result = path.withPlatformString { from in other.withPlatformString { Glibc.rename(from, $0) } }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    /// The result of lstat(2) for `path`.
    ///
    /// - Throws: `FileError`.
    package static func status(of path: FilePath) throws -> stat {
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) }) == 0 else {
            throw FileError("read", path, Errno(rawValue: errno))
        }
        return status
    }

    /// Refuses files whose reading may block or never end: directories, FIFOs, devices. Links are followed.
    ///
    /// - Throws: `FileError`, with `.invalidArgument` for anything but a regular file.
    package static func mustBeRegular(_ path: FilePath) throws {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            throw FileError("read", path, Errno(rawValue: errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError("read", path, .invalidArgument) }
    }

    /// A unique hidden name beside `path`.
    static func temporary(beside path: FilePath) -> FilePath {
        // The kernel limits names to 255 bytes (path_resolution(7)); the suffix has at most 32.
        let name = (path.lastComponent?.string ?? "file").utf8.prefix(200)
        return path.removingLastComponent().appending(".\(String(decoding: name, as: UTF8.self)).\(uniqueSuffix())")
    }

    /// A unique suffix for a file name.
    package static func uniqueSuffix() -> String { "\(getpid())-\(UInt64.random(in: 0 ... .max))" }
}
