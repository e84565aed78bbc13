// SPDX-License-Identifier: Apache-2.0

import Core
import Transport

/// Errors of preparing a context.
package enum ContextError: Error, Hashable {
    /// The lock has no packages for the architecture.
    case missingArchitecture(String)
    /// The lock has no coding agent for the platform.
    case missingAgent(name: String, platform: String)
    /// The coding agent's archive cannot be downloaded.
    case unreachableAgent(TransportError)
    /// The coding agent's archive was downloaded, and its digest is not the locked one.
    case changedAgent(TransportError)
    /// The coding agent's archive does not contain its program.
    case agentNotInside(archive: String, name: String)
    /// A local file in place of the download does not have the locked digest.
    case wrongAgent(file: String, expected: Digest, actual: Digest)
    /// A package of a third-party repository is not available.
    case unreachablePackage(repository: String, TransportError)
    /// A local package file of the definition does not exist.
    case missingLocalPackage(String)
    /// A local package file of the definition does not have the locked digest.
    case changedLocalPackage(file: String, expected: Digest, actual: Digest)
    /// `image/rootfs` contains something other than files, directories and links.
    case oddFile(String)
}

extension ContextError: UserFacingError {
    package var sentence: String {
        switch self {
        case .missingArchitecture(let architecture): "versions.lock has no packages for \(architecture)."
        case .missingAgent(let name, let platform): "versions.lock has no \(name) for \(platform)."
        case .unreachableAgent(let error), .changedAgent(let error), .unreachablePackage(_, let error): error.sentence
        case .agentNotInside(let archive, let name): "'\(archive)' does not contain a program '\(name)'."
        case .wrongAgent(let file, let expected, let actual):
            "'\(file)' has the digest \(actual), expected \(expected)."
        case .missingLocalPackage(let file): "The package file '\(file)' does not exist."
        case .changedLocalPackage(let file, let expected, let actual):
            "The package file '\(file)' has the digest \(actual), expected \(expected)."
        case .oddFile(let path): "'\(path)' is neither a file nor a directory nor a symbolic link."
        }
    }

    package var hint: String? {
        switch self {
        case .missingArchitecture, .missingAgent:
            "Add it to image/image.yaml and run `opencode-docker resolve`."
        case .unreachableAgent:
            "Build without it with --base, or pass a local archive with --artifact opencode=FILE."
        case .changedAgent:
            "The published file is not the reviewed one: find out why before you change the pin. --base builds the "
                + "image without it; --artifact opencode=FILE uses a copy of the pinned archive."
        case .unreachablePackage(let repository, _):
            "Try again later; if the repository '\(repository)' has published a different file, run "
                + "`opencode-docker resolve`."
        case .agentNotInside, .wrongAgent: "Pass the release archive that versions.lock names, or change the pin."
        case .missingLocalPackage: "Add the file, or remove it from image/image.yaml and run `opencode-docker resolve`."
        case .changedLocalPackage:
            "Restore the reviewed file, or write the new sha256 into image/image.yaml and run "
                + "`opencode-docker resolve`."
        case .oddFile: "Remove it from image/rootfs."
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
        case .missingLocalPackage, .changedLocalPackage, .oddFile: .usage
        default: .broken
        }
    }
}
