// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Errors of an output file that the user named.
package enum OutputError: UserFacingError, Hashable {
    /// A symbolic link on the path, in a tree that a container may have written, with the link's target.
    case link(FilePath, link: FilePath, target: FilePath)
    /// A FIFO that nothing reads.
    case noReader(FilePath)

    package var sentence: String {
        switch self {
        case .link(let path, let link, let target):
            "Cannot write '\(path)': '\(link)' is a symbolic link to '\(target)', which a container can have made."
        case .noReader(let path): "Cannot write '\(path)': it is a FIFO, and nothing reads it."
        }
    }

    package var hint: String? {
        switch self {
        case .link: "Name the file by a path without that link, or remove the link."
        case .noReader: "Start its reader first, or remove it."
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .link: .usage
        case .noReader: .broken
        }
    }
}
