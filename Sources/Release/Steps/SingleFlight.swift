// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// At most one release at a time is made in a repository. Between machines the push of the branch decides.
package enum SingleFlight {
    /// Runs `body` while nobody else holds the lock in `directory`; the kernel drops it with the process.
    ///
    /// - Throws: `ReleaseError.running`, `FileError`, and what `body` throws.
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
