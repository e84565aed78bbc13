// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// A system call that failed on a file, with what was being done.
package struct FileError: UserFacingError, Hashable {
    /// What was tried, as a verb: "read", "create", "rename".
    package let action: String
    /// The file it was tried on.
    package let path: FilePath
    /// The kernel's answer.
    package let errno: Errno

    /// Names the failure of `action` on `path`.
    package init(_ action: String, _ path: FilePath, _ errno: Errno) {
        self.action = action
        self.path = path
        self.errno = errno
    }

    package var sentence: String { "Cannot \(action) '\(path)': \(errno)." }

    package var hint: String? {
        switch errno {
        case .noSpace, .diskQuotaExceeded:
            "Free some space (`opencode-docker clean` empties the cache) and run it again: finished work is kept."
        case .permissionDenied, .notPermitted: "Check who owns it, or choose another place."
        case .invalidArgument where action == "read": "It has to be a regular file."
        default: nil
        }
    }
}

/// Runs `body`, giving a thrown `Errno` its context.
///
/// - Throws: `FileError` instead of `Errno`; every other error as it is.
package func mapErrno<Result>(_ action: String, _ path: FilePath, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as Errno { throw FileError(action, path, error) }
}
