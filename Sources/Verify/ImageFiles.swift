// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// The root file system of a container, as files of the host. No symbolic link is followed and no path outside is
/// reached (openat2(2), RESOLVE_BENEATH): the image's links could point to files of the host.
struct ImageFiles: Sendable {
    let root: FilePath

    /// The text of a file; empty when it does not exist.
    func text(_ path: FilePath, limit: Int = 1 << 26) -> String {
        let bytes = try? opened(path, O_RDONLY | O_NONBLOCK) { file in
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while bytes.count < limit {
                let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                if count == 0 { break }
                bytes += buffer[..<count]
            }
            return bytes
        }
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    /// The identity of the file at `path`, without following a link; `nil` when it does not exist, or the path contains
    /// a link.
    func identity(of path: FilePath) -> ImageFileIdentity? {
        try? opened(path, clinux_o_path | O_NOFOLLOW) { ImageFileIdentity($0) }
    }

    /// The lstat(2) result of `path`; `nil` when it does not exist, or the path contains a link.
    func status(of path: FilePath) -> stat? {
        try? opened(path, clinux_o_path | O_NOFOLLOW) { file in
            var status = stat()
            guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
            return status
        }
    }

    /// The names in a directory, at most 4096; empty when it does not exist, or the path contains a link.
    func names(in directory: FilePath) -> [String] {
        let names = try? opened(directory, O_RDONLY | O_DIRECTORY) { file in
            guard let stream = fdopendir(try file.duplicate().rawValue) else { throw Errno(rawValue: errno) }
            defer { closedir(stream) }
            var names: [String] = []
            while names.count < 4096, let entry = readdir(stream) {
                names.append(
                    withUnsafePointer(to: &entry.pointee.d_name) {
                        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
                    })
            }
            return names.filter { $0 != "." && $0 != ".." }
        }
        return (names ?? []).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Runs `body` while a directory contains an empty file with that name and mode.
    ///
    /// - Throws: `FileError`, and what `body` throws.
    func withFile<Result>(
        _ name: String, mode: mode_t, in directory: FilePath, _ body: () async throws -> Result
    ) async throws -> Result {
        let parent = try opened(directory, O_RDONLY | O_DIRECTORY) { try $0.duplicate() }
        defer { try? parent.close() }
        let file = clinux_open_beneath(parent.rawValue, name, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard file >= 0 else { throw FileError("create", directory.appending(name), Errno(rawValue: errno)) }
        defer { unlinkat(parent.rawValue, name, 0) }
        let changed = fchmod(file, mode)
        close(file)
        guard changed == 0 else {
            throw FileError("change the mode of", directory.appending(name), Errno(rawValue: errno))
        }
        return try await body()
    }

    private func opened<Result>(
        _ path: FilePath, _ flags: Int32, _ body: (FileDescriptor) throws -> Result
    ) throws -> Result {
        try mapErrno("open", root.pushing(path)) {
            let top = try FileDescriptor.open(root, .readOnly, options: [.directory, .closeOnExec])
            return try top.closeAfter {
                let descriptor = clinux_open_beneath(top.rawValue, path.string, flags, 0)
                guard descriptor >= 0 else { throw Errno(rawValue: errno) }
                let file = FileDescriptor(rawValue: descriptor)
                return try file.closeAfter { try body(file) }
            }
        }
    }
}
