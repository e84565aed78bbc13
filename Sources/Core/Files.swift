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
                guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch {
            unlink(temporary.string)
            throw error
        }
    }

    /// Whether a file exists at `path`, without following a final symbolic link.
    package static func exists(_ path: FilePath) -> Bool {
        var status = stat()
        return lstat(path.string, &status) == 0
    }

    /// Whether `path` is a directory and not a symbolic link.
    package static func isDirectory(_ path: FilePath) -> Bool {
        var status = stat()
        return lstat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Creates `path` and its missing parents.
    ///
    /// - Throws: `FileError`.
    package static func makeDirectories(_ path: FilePath) throws {
        if mkdir(path.string, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let parent = Optional(path.removingLastComponent()), parent != path, !parent.isEmpty
        else {
            throw FileError("create", path, Errno(rawValue: errno))
        }
        try makeDirectories(parent)
        guard mkdir(path.string, 0o755) == 0 || errno == EEXIST else {
            throw FileError("create", path, Errno(rawValue: errno))
        }
    }

    /// Removes `path` and everything below it, without following symbolic links; does nothing when it does not exist.
    ///
    /// - Throws: `FileError`.
    package static func removeTree(_ path: FilePath) throws {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            chmod(path.string, 0o700)
            for name in try list(path) { try removeTree(path.appending(name)) }
            guard rmdir(path.string) == 0 else { throw FileError("remove", path, Errno(rawValue: errno)) }
        } else {
            guard unlink(path.string) == 0 else { throw FileError("remove", path, Errno(rawValue: errno)) }
        }
    }

    /// The names in the directory `path`, sorted by their bytes, without `.` and `..`.
    ///
    /// - Throws: `FileError`.
    package static func list(_ path: FilePath) throws -> [String] {
        guard let directory = opendir(path.string) else { throw FileError("list", path, Errno(rawValue: errno)) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The target of the symbolic link at `path`.
    ///
    /// - Throws: `FileError`.
    package static func target(of path: FilePath) throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path.string, &buffer, buffer.count)
        guard count >= 0 else { throw FileError("read", path, Errno(rawValue: errno)) }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The result of lstat(2) for `path`.
    ///
    /// - Throws: `FileError`.
    package static func status(of path: FilePath) throws -> stat {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { throw FileError("read", path, Errno(rawValue: errno)) }
        return status
    }

    /// Refuses files whose reading may block or never end: directories, FIFOs, devices. Links are followed.
    ///
    /// - Throws: `FileError`, with `.invalidArgument` for anything but a regular file.
    package static func mustBeRegular(_ path: FilePath) throws {
        var status = stat()
        guard stat(path.string, &status) == 0 else { throw FileError("read", path, Errno(rawValue: errno)) }
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
