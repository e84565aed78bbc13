// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

extension Files {
    /// Runs `body` while no other process does so for the same directory (flock(2)).
    ///
    /// For directories whose creators lock them: between creation and locking, a directory looks like the leftover of a
    /// process that has exited.
    ///
    /// - Throws: `FileError`, and errors of `body`.
    package static func takingTurns<Result>(in directory: FilePath, _ body: () throws -> Result) throws -> Result {
        let turn = try mapErrno("lock", directory) {
            try FileDescriptor.open(directory, .readOnly, options: .closeOnExec)
        }
        defer { try? turn.close() }
        flock(turn.rawValue, LOCK_EX)
        return try body()
    }
}
