// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// A failed system call on a file, with the attempted action.
package struct FileError: UserFacingError, Hashable {
    /// The attempted action as a verb: "read", "create", "rename".
    package let action: String
    /// The file.
    package let path: FilePath
    /// The error number of the system call.
    package let errno: Errno

    /// Creates an error for `action` on `path`.
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
        case .permissionDenied, .notPermitted: "Check its owner and mode, or choose another path."
        case .invalidArgument where action == "read": "It must be a regular file."
        default: nil
        }
    }
}

/// Runs `body` and adds context to a thrown `Errno`.
///
/// - Throws: `FileError` instead of `Errno`; other errors unchanged.
package func mapErrno<Result>(_ action: String, _ path: FilePath, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as Errno { throw FileError(action, path, error) }
}
