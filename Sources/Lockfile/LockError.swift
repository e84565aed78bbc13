// SPDX-License-Identifier: Apache-2.0

import Core

/// Errors of reading a lock.
package enum LockError: UserFacingError, Hashable {
    /// Invalid JSON, or not the JSON of a lock.
    case malformed(file: String, line: Int, reason: String)
    /// The file contains conflict markers of git(1).
    case conflict(file: String, line: Int)
    /// A mandatory field is missing.
    case missing(String, file: String, line: Int)
    /// A field has an invalid value.
    case invalid(String, value: String, file: String, line: Int)
    /// The format is not known to this program.
    case unknownVersion(UInt64, file: String)
    /// The file is larger than any lock.
    case tooLarge(file: String)

    package var sentence: String {
        switch self {
        case .malformed(let file, let line, let reason): "\(file), line \(line): \(reason)."
        case .conflict(let file, let line): "\(file), line \(line): there is a merge conflict."
        case .missing(let field, let file, let line): "\(file), line \(line): '\(field)' is missing."
        case .invalid(let field, let value, let file, let line):
            "\(file), line \(line): '\(value)' cannot be the value of '\(field)'."
        case .unknownVersion(let version, let file): "\(file) has the format \(version); this program knows format 1."
        case .tooLarge(let file): "\(file) is too large to be a lock."
        }
    }

    package var hint: String? {
        switch self {
        case .unknownVersion: "Use a newer opencode-docker."
        case .conflict(let file, _):
            "Take one side and resolve again: `git checkout --theirs \(file) && opencode-docker resolve`."
        default:
            "Restore the file from version control (`git checkout`), or remove it and run `opencode-docker resolve`."
        }
    }
}
