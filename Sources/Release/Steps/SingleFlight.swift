// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Allows one release at a time in a repository. Between machines the push of the branch decides.
package enum SingleFlight {
    /// Runs `body` while holding the lock in `directory`; the kernel releases it when the process ends.
    ///
    /// - Throws: `ReleaseError.running`, `FileError`, and the errors of `body`.
    package static func run<Result>(in directory: FilePath, _ body: () async throws -> Result) async throws -> Result {
        try Files.makeDirectories(directory)
        let path = directory.appending("lock")
        let file = try mapErrno("open", path) {
            try FileDescriptor.open(path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
        }
        defer { try? file.close() }
        guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw FileError("lock", path, Errno(rawValue: errno)) }
            throw ReleaseError.running
        }
        return try await body()
    }
}
