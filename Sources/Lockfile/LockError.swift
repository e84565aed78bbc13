// SPDX-License-Identifier: Apache-2.0

import Core

/// Why a lock cannot be read.
package enum LockError: UserFacingError, Hashable {
    /// Not JSON, or not the JSON of a lock.
    case malformed(file: String, line: Int, reason: String)
    /// git(1) left both sides of a merge in it.
    case conflict(file: String, line: Int)
    /// A field that must be there is not.
    case missing(String, file: String, line: Int)
    /// A field whose value cannot be.
    case invalid(String, value: String, file: String, line: Int)
    /// A format this program does not know.
    case unknownVersion(UInt64, file: String)
    /// More bytes than a lock has.
    case tooLarge(file: String)

    package var sentence: String {
        switch self {
        case .malformed(let file, let line, let reason): "\(file), line \(line): \(reason)."
        case .conflict(let file, let line): "\(file), line \(line): a merge conflict is marked here."
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
            "Take one side and resolve anew: `git checkout --theirs \(file) && opencode-docker resolve`."
        default:
            "Take the file from version control again (`git checkout`), or remove it and run `opencode-docker resolve`."
        }
    }
}
