// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

extension Files {
    /// Runs `body` while no other process does so for the same directory (flock(2)).
    ///
    /// For directories that are locked by who made them: between the two, one looks like that of a process that has
    /// ended.
    ///
    /// - Throws: `FileError`, and what `body` throws.
    package static func takingTurns<Result>(in directory: FilePath, _ body: () throws -> Result) throws -> Result {
        let turn = try mapErrno("lock", directory) {
            try FileDescriptor.open(directory, .readOnly, options: .closeOnExec)
        }
        defer { try? turn.close() }
        flock(turn.rawValue, LOCK_EX)
        return try body()
    }
}
