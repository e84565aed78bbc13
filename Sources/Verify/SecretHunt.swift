// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Searches for a token in files and in the host's processes, as far as this program can read them.
struct SecretHunt: Sendable {
    let secret: String
    /// The maximum size of a file in bytes; no file about a container is as large.
    private static let limit = 1 << 28

    /// The regular files below a directory, without other mounts; with `mark`, only files that changed after it was
    /// created (by ctime, which no program can set: inode(7)).
    func files(below directory: FilePath, changedSince mark: FilePath? = nil) -> [FilePath] {
        guard let top = try? Files.status(of: directory) else { return [] }
        let since = mark.flatMap { try? Files.status(of: $0) }?.st_ctim
        var found: [FilePath] = []
        var waiting = [directory]
        while let next = waiting.popLast() {
            for name in (try? Files.list(next)) ?? [] {
                let path = next.appending(name)
                guard let status = try? Files.status(of: path), status.st_dev == top.st_dev else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: waiting.append(path)
                case S_IFREG where since.map { !Self.isBefore(status.st_ctim, $0) } ?? true: found.append(path)
                default: break
                }
            }
        }
        return found
    }

    /// The files that contain the token, or are too large to search.
    func hits(_ files: [FilePath]) -> [String] {
        files.flatMap { file in
            do { return find(in: try Self.read(file), called: file.string) } catch {
                // A file that was removed in the meantime contains nothing.
                return Files.exists(file) ? ["\(file) was not read"] : []
            }
        }
    }

    /// Reads a regular file. A container may have replaced it by a link or a pipe since it was listed.
    private static func read(_ path: FilePath) throws -> [UInt8] {
        try mapErrno("read", path) {
            let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
            return try file.closeAfter {
                var status = stat()
                guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                    throw Errno.invalidArgument
                }
                return try file.readToEnd(limit: limit)
            }
        }
    }

    /// Returns `name` when the token is in `bytes`.
    func find(in bytes: [UInt8], called name: String) -> [String] {
        let wanted = Array(secret.utf8)
        guard !wanted.isEmpty else { return ["no token to look for"] }
        return Self.holds(bytes, wanted) ? [name] : []
    }

    private static func holds(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress, let first = wanted.first, all.count >= wanted.count else { return false }
            var place = 0
            let last = all.count - wanted.count
            while place <= last, let found = memchr(base + place, Int32(first), last - place + 1) {
                if memcmp(found, wanted, wanted.count) == 0 { return true }
                place = base.distance(to: UnsafeRawPointer(found)) + 1
            }
            return false
        }
    }

    /// The arguments and environments of every process of the host (proc(5)), including this one.
    func processes() -> [String] {
        let all = ((try? Files.list("/proc")) ?? []).filter { $0.utf8.allSatisfy { (48...57).contains($0) } }
        return all.flatMap { pid in
            [("cmdline", "arguments"), ("environ", "environment")].flatMap { file, name in
                find(in: contents(FilePath("/proc/\(pid)/\(file)")), called: "\(name) of a process").map {
                    "\($0) (\(command(pid)))"
                }
            }
        }
    }

    private func command(_ pid: String) -> String {
        String(decoding: contents(FilePath("/proc/\(pid)/comm")).prefix { $0 != 10 }, as: UTF8.self)
    }

    private func contents(_ path: FilePath) -> [UInt8] { (try? Files.read(path, limit: Self.limit)) ?? [] }

    private static func isBefore(_ left: timespec, _ right: timespec) -> Bool {
        (left.tv_sec, left.tv_nsec) < (right.tv_sec, right.tv_nsec)
    }
}
