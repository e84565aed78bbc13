// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import ImageDefinition
import Transport

/// Errors of preparing a context.
package enum ContextError: Error, Hashable {
    /// The lock has no packages for the architecture.
    case missingArchitecture(String)
    /// The lock has no release of a program for the platform.
    case missingProgram(name: String, platform: String)
    /// The releases of these programs cannot be downloaded.
    case unreachablePrograms([String], TransportError)
    /// The releases of these programs were downloaded, and a digest is not the locked one.
    case changedPrograms([String], TransportError)
    /// A program's release does not contain a file.
    case programNotInside(archive: String, name: String)
    /// A local file in place of the download does not have the locked digest.
    case wrongProgram(file: String, expected: Digest, actual: Digest)
    /// A path of a program's release is not accepted; `problem` is a predicate.
    case programRefused(DefinitionPlace, path: String, problem: String)
    /// A program's release cannot be unpacked.
    case programUnreadable(DefinitionPlace, ArchiveError)
    /// Another part of the image fills a path of a program; `owner` names it.
    case programPath(DefinitionPlace, path: String, owner: String)
    /// The definition has no licence of a program.
    case missingCopyright(DefinitionPlace, name: String, file: String)
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
        case .missingProgram(let name, let platform): "versions.lock has no \(name) for \(platform)."
        case .unreachablePrograms(_, let error), .changedPrograms(_, let error), .unreachablePackage(_, let error):
            error.sentence
        case .programNotInside(let archive, let name): "'\(archive)' does not contain a program '\(name)'."
        case .wrongProgram(let file, let expected, let actual):
            "'\(file)' has the digest \(actual), expected \(expected)."
        case .programRefused(let place, let path, let problem): "\(place): '\(path.sanitized)' \(problem)."
        case .programUnreadable(let place, let error): "\(place): \(error.sentence)"
        case .programPath(let place, let path, let owner): "\(place): '\(path)' is also in \(owner)."
        case .missingCopyright(let place, let name, _): "\(place): '\(name)' has no licence to go with it."
        case .missingLocalPackage(let file): "The package file '\(file)' does not exist."
        case .changedLocalPackage(let file, let expected, let actual):
            "The package file '\(file)' has the digest \(actual), expected \(expected)."
        case .oddFile(let path): "'\(path)' is neither a file nor a directory nor a symbolic link."
        }
    }

    package var hint: String? {
        switch self {
        case .missingArchitecture, .missingProgram:
            "Add it to image/image.yaml and run `opencode-docker resolve`."
        case .unreachablePrograms(let names, _):
            "Build without programs with --base, or pass a local copy with \(artifacts(names))."
        case .changedPrograms(let names, _):
            "The published file is not the reviewed one: find out why before you change the pin. --base builds the "
                + "image without it; \(artifacts(names)) uses a copy of the pinned one."
        case .unreachablePackage(let repository, _):
            "Try again later; if the repository '\(repository)' has published a different file, run "
                + "`opencode-docker resolve`."
        case .programNotInside, .wrongProgram: "Pass the release that versions.lock names, or change the pin."
        case .programRefused: "Ask its publisher, or repack the release and pin your own."
        case .programUnreadable(_, let error):
            error.hint ?? "Ask its publisher, or repack the release and pin your own."
        case .programPath: "Give the program another place, or remove the other one."
        case .missingCopyright(_, _, let file):
            "Name its path in the release with `copyright:`, or add the text as image/rootfs\(file)."
        case .missingLocalPackage: "Add the file, or remove it from image/image.yaml and run `opencode-docker resolve`."
        case .changedLocalPackage:
            "Restore the reviewed file, or write the new sha256 into image/image.yaml and run "
                + "`opencode-docker resolve`."
        case .oddFile: "Remove it from image/rootfs."
        }
    }

    package var details: [String] {
        switch self {
        case .unreachablePrograms(_, let error), .changedPrograms(_, let error), .unreachablePackage(_, let error):
            error.details
        default: []
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .unreachablePrograms(_, let error), .unreachablePackage(_, let error): error.exitStatus
        case .missingLocalPackage, .changedLocalPackage, .oddFile, .programPath, .missingCopyright: .usage
        default: .broken
        }
    }
}

/// The options that pass local copies of programs.
private func artifacts(_ names: [String]) -> String {
    names.map { "--artifact \($0)=FILE" }.joined(separator: " ")
}
