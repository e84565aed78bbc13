// SPDX-License-Identifier: Apache-2.0

import Core
import Transport

/// Why a context cannot be made.
package enum ContextError: Error, Hashable {
    /// The lock has no packages for the architecture.
    case missingArchitecture(String)
    /// The lock has no agent for the platform.
    case missingAgent(name: String, platform: String)
    /// The agent's archive cannot be downloaded.
    case unreachableAgent(TransportError)
    /// The agent's archive is there, and is another one than the lock's.
    case changedAgent(TransportError)
    /// The agent's archive does not hold its program.
    case agentNotInside(archive: String, name: String)
    /// A local file that was to stand for the download is another one.
    case wrongAgent(file: String, expected: Digest, actual: Digest)
    /// A package of another publisher's repository cannot be had.
    case unreachablePackage(repository: String, TransportError)
    /// A package file of the definition's is not there.
    case missingLocalPackage(String)
    /// A package file of the definition's is another one than the lock's.
    case changedLocalPackage(file: String, expected: Digest, actual: Digest)
    /// Something in `image/rootfs` that is no file, directory or link.
    case oddFile(String)
}

extension ContextError: UserFacingError {
    package var sentence: String {
        switch self {
        case .missingArchitecture(let architecture): "versions.lock has no packages for \(architecture)."
        case .missingAgent(let name, let platform): "versions.lock has no \(name) for \(platform)."
        case .unreachableAgent(let error), .changedAgent(let error), .unreachablePackage(_, let error): error.sentence
        case .agentNotInside(let archive, let name): "'\(archive)' does not hold a program '\(name)'."
        case .wrongAgent(let file, let expected, let actual):
            "'\(file)' has the digest \(actual), versions.lock asks for \(expected)."
        case .missingLocalPackage(let file): "The package file '\(file)' is not there."
        case .changedLocalPackage(let file, let expected, let actual):
            "The package file '\(file)' has the digest \(actual), the definition asks for \(expected)."
        case .oddFile(let path): "'\(path)' is neither a file nor a directory nor a symbolic link."
        }
    }

    package var hint: String? {
        switch self {
        case .missingArchitecture, .missingAgent:
            "Name it in image/image.yaml and run `opencode-docker resolve`."
        case .unreachableAgent:
            "Stop at Debian with --base, or give the archive from elsewhere with --artifact opencode=FILE."
        case .changedAgent:
            "What is published is not what was reviewed: find out why before you move the pin. The image without it is "
                + "built with --base; the archive that was pinned is given with --artifact opencode=FILE."
        case .unreachablePackage(let repository, _):
            "Try again later; if the repository '\(repository)' has another file by now, run `opencode-docker resolve`."
        case .agentNotInside, .wrongAgent: "Give the release archive that versions.lock names, or change the pin."
        case .missingLocalPackage: "Put it there, or take it out of image/image.yaml and run `opencode-docker resolve`."
        case .changedLocalPackage:
            "Put the file there that was reviewed, or write the new sha256 into image/image.yaml and run "
                + "`opencode-docker resolve`."
        case .oddFile: "Take it out of image/rootfs."
        }
    }

    package var details: [String] {
        switch self {
        case .unreachableAgent(let error), .changedAgent(let error), .unreachablePackage(_, let error): error.details
        default: []
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .unreachableAgent(let error), .unreachablePackage(_, let error): error.exitStatus
        default: .broken
        }
    }
}
