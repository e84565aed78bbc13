// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A file that its launcher keeps locked. The kernel releases the lock with the process, so an unlocked file belongs to
/// a killed launcher; unlike a PID, a lock cannot be reused.
final class HeldFile: Sendable {
    let path: FilePath
    private let file: FileDescriptor

    /// Creates the file `path`, which appears complete and locked.
    ///
    /// - Throws: `FileError`.
    init(_ bytes: [UInt8], at path: FilePath) throws {
        self.path = path
        let hidden = path.removingLastComponent().appending(".\(path.lastComponent?.string ?? "")")
        file = try mapErrno("create", path) {
            let file = try FileDescriptor.open(
                hidden, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: [.ownerReadWrite])
            do {
                flock(file.rawValue, LOCK_EX)
                try file.writeAll(bytes)
                guard rename(hidden.string, path.string) == 0 else { throw Errno(rawValue: errno) }
                return file
            } catch {
                unlink(hidden.string)
                try? file.close()
                throw error
            }
        }
    }

    /// Opens the file of a killed launcher; `nil` while its launcher runs.
    ///
    /// - Parameter alone: Whether to lock it exclusively until this is released.
    init?(left path: FilePath, alone: Bool) {
        let options: FileDescriptor.OpenOptions = [.noFollow, .nonBlocking, .closeOnExec]
        guard let file = try? FileDescriptor.open(path, .readOnly, options: options) else { return nil }
        // Another process may have removed it between the two calls.
        guard flock(file.rawValue, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0, Files.exists(path) else {
            try? file.close()
            return nil
        }
        (self.path, self.file) = (path, file)
    }

    deinit { try? file.close() }

    /// The files of killed launchers in `directory` whose names begin with `prefix`.
    static func left(in directory: FilePath, prefix: String, alone: Bool = false) -> [HeldFile] {
        ((try? Files.list(directory)) ?? []).filter { $0.hasPrefix(prefix) }.compactMap {
            HeldFile(left: directory.appending($0), alone: alone)
        }
    }

    /// The contents, at most 64 KiB.
    var bytes: [UInt8] { (try? Files.read(path, limit: 1 << 16)) ?? [] }

    /// Removes the file.
    func remove() { unlink(path.string) }
}
