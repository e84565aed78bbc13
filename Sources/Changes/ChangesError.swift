// SPDX-License-Identifier: Apache-2.0

import Core
import Debian

/// Why what changed cannot be told, or written down.
package enum ChangesError: Error, Hashable {
    /// A file that is no text in UTF-8, or too large to be one of its kind.
    case unreadable(file: String)
    /// The section of a version is there, and says something else than it would now.
    case alreadyReleased(SemanticVersion, file: String, missing: String)
    /// Two sections of the same name.
    case twice(String, file: String, line: Int)
    /// The table of supported versions is not where it should be.
    case noTable(file: String)
    /// A snapshot of the security tracker that cannot be read.
    case tracker(file: String, problem: String)
    /// A list of advisories that cannot be read; the problem is a sentence with the place.
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
        case .unreadable(let file): "'\(file)' is no text in UTF-8, or too large."
        case .alreadyReleased(let version, let file, let missing):
            "The section of \(version) in '\(file)' is there already, and lacks the line '\(missing)'."
        case .twice(let name, let file, let line): "'\(file)', line \(line): there is a second section '\(name)'."
        case .noTable(let file):
            "'\(file)' has no table of versions with two columns between the marks of claim C01 and the next one."
        case .advisories(let file, let problem): "'\(file)' is no list of Debian's advisories: \(problem)"
        case .tracker(let file, let problem): "'\(file)' is no snapshot of Debian's security tracker: \(problem)"
        }
    }

    package var hint: String? {
        switch self {
        case .unreadable, .noTable: "Take the file from version control again."
        case .alreadyReleased: "Remove the section if that version was never published; else release the next version."
        case .twice: "Put the two together."
        case .advisories: "Take data/DSA/list or data/DLA/list of the repository of Debian's security tracker."
        case .tracker: "Fetch it again from security-tracker.debian.org/tracker/data/json."
        }
    }
}
