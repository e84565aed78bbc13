// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A file that its launcher keeps locked. The kernel drops the lock with the process, so one that is there without a
/// lock is of a launcher that was killed: no PID, which may be used again, is asked.
final class HeldFile: Sendable {
    let path: FilePath
    private let file: FileDescriptor

    /// Makes the file `path`, which appears whole and locked.
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

    /// Opens the file of a launcher that was killed; `nil` while its launcher lives.
    ///
    /// - Parameter alone: Whether nobody else can have it until this is gone.
    init?(left path: FilePath, alone: Bool) {
        let options: FileDescriptor.OpenOptions = [.noFollow, .nonBlocking, .closeOnExec]
        guard let file = try? FileDescriptor.open(path, .readOnly, options: options) else { return nil }
        // Between the two calls, another one may have removed it.
        guard flock(file.rawValue, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0, Files.exists(path) else {
            try? file.close()
            return nil
        }
        (self.path, self.file) = (path, file)
    }

    deinit { try? file.close() }

    /// Those of killed launchers in `directory` whose names begin with `prefix`.
    static func left(in directory: FilePath, prefix: String, alone: Bool = false) -> [HeldFile] {
        ((try? Files.list(directory)) ?? []).filter { $0.hasPrefix(prefix) }.compactMap {
            HeldFile(left: directory.appending($0), alone: alone)
        }
    }

    /// What is in it, at most 64 KiB.
    var bytes: [UInt8] { (try? Files.read(path, limit: 1 << 16)) ?? [] }

    /// Removes it.
    func remove() { unlink(path.string) }
}
