// SPDX-License-Identifier: Apache-2.0

import Core
import Debian

/// Errors of finding or recording changes.
package enum ChangesError: Error, Hashable {
    /// A file is not UTF-8 text, or is too large.
    case unreadable(file: String)
    /// The version already has a section, whose contents differ from the new notes.
    case alreadyReleased(SemanticVersion, file: String, missing: String)
    /// Two sections have the same name.
    case twice(String, file: String, line: Int)
    /// The table of supported versions is missing.
    case noTable(file: String)
    /// A snapshot of the security tracker cannot be parsed.
    case tracker(file: String, problem: String)
    /// A list of advisories cannot be parsed; `problem` is a sentence with the position.
    case advisories(file: String, problem: String)
}

extension ChangesError: UserFacingError {
    package var exitStatus: ExitStatus {
        switch self {
        case .alreadyReleased: .no
        case .tracker, .advisories: .usage
        default: .broken
        }
    }

    package var sentence: String {
        switch self {
        case .unreadable(let file): "'\(file)' is not UTF-8 text, or is too large."
        case .alreadyReleased(let version, let file, let missing):
            "The section of \(version) in '\(file)' already exists and lacks the line '\(missing)'."
        case .twice(let name, let file, let line): "'\(file)', line \(line): there is a second section '\(name)'."
        case .noTable(let file):
            "'\(file)' has no table of versions with two columns between the marks of claim C01 and the next one."
        case .advisories(let file, let problem): "'\(file)' is not a list of Debian's advisories: \(problem)"
        case .tracker(let file, let problem): "'\(file)' is not a snapshot of Debian's security tracker: \(problem)"
        }
    }

    package var hint: String? {
        switch self {
        case .unreadable, .noTable: "Restore the file from version control."
        case .alreadyReleased: "Remove the section if that version was never published; else release the next version."
        case .twice: "Merge the two sections."
        case .advisories: "Take data/DSA/list or data/DLA/list of the repository of Debian's security tracker."
        case .tracker: "Fetch it again from security-tracker.debian.org/tracker/data/json."
        }
    }
}
