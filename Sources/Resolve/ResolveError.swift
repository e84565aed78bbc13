// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Transport

/// What could not be resolved, beyond what Debian's formats and solver say themselves.
package enum ResolveError: UserFacingError, Hashable {
    /// No place is known that serves an archive.
    case noPlaces(suite: String)
    /// The resolver was given the archives of another release than the one that is asked for.
    case otherRelease(suite: String, codename: String)
    /// The release does not have packages for an architecture.
    case noIndex(suite: String, architecture: String)
    /// A repository cannot be asked.
    case unreachableRepository(String, TransportError)
    /// A package file is for no architecture of the definition's.
    case strangeArchitecture(String, architecture: String)
    /// A package file is none that can be installed; the problem is a sentence.
    case refusedFile(String, problem: String)
    /// Two package files have the same package.
    case twoFiles(String, String, name: String)
    /// A package file has a package of which the definition names a version.
    case pinnedFile(String, name: String, version: String)
    /// A repository's file is not what it must be.
    case brokenRepository(String, DebianError)
    /// A file of a repository cannot be had.
    case unreachableFile(String, TransportError)
    /// A package file has a package that is left out.
    case excludedFile(String, name: String)
    /// A package that is to be taken from a repository is not in it.
    case notInRepository(String, repository: String, architecture: String)
    /// A pinned version is in no archive, nor in their past.
    case noSuchVersion(MissingVersion, service: String)
    /// A pinned version is in no archive any more, and the service that keeps their past cannot be asked.
    case unreachablePast(MissingVersion, service: String, TransportError)

    package var sentence: String {
        switch self {
        case .noPlaces(let suite): "No mirror is known that has '\(suite)'."
        case .otherRelease(let suite, let codename): "'\(suite)' is no archive of '\(codename)'."
        case .noIndex(let suite, let architecture): "'\(suite)' has no packages for \(architecture)."
        case .unreachableRepository(let name, _): "The repository '\(name)' cannot be asked for its release file."
        case .strangeArchitecture(let file, let architecture):
            "'\(file)' is a package for \(architecture), which the definition has no image for."
        case .refusedFile(let file, let problem): "'\(file)' cannot be installed: \(problem)"
        case .twoFiles(let one, let other, let name):
            "'\(one)' and '\(other)' are both the package '\(name)', and an image has a package once."
        case .pinnedFile(let file, let name, let version):
            "'\(file)' is the package '\(name)', and the definition names '\(name)=\(version)', too."
        case .brokenRepository(let name, let error): "The repository '\(name)' is refused: \(error.sentence)"
        case .unreachableFile(_, let error): error.sentence
        case .excludedFile(let file, let name): "'\(file)' is the package '\(name)', which the definition leaves out."
        case .notInRepository(let name, let repository, let architecture):
            "The repository '\(repository)' has no package '\(name)' for \(architecture)."
        case .noSuchVersion(let pin, let service):
            "No archive has \(pin.package) for \(pin.architecture), and none had it that \(service) knows of."
        case .unreachablePast(let pin, let service, _):
            "No archive has \(pin.package) for \(pin.architecture) any more, and \(service), which keeps "
                + "what they had, cannot be asked."
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .noSuchVersion, .notInRepository: .no
        case .unreachableRepository(_, let error), .unreachableFile(_, let error): error.exitStatus
        case .brokenRepository(_, let error): error.exitStatus
        case .unreachablePast: .tryAgain
        default: .broken
        }
    }

    package var details: [String] {
        switch self {
        case .unreachablePast(_, _, let error), .unreachableRepository(_, let error), .unreachableFile(_, let error):
            error.details
        default: []
        }
    }

    package var hint: String? {
        switch self {
        case .noPlaces: TransportError.mirrorHint
        case .otherRelease: nil
        case .refusedFile: "Build the package anew (dpkg-deb(1), --build), or take the file out of the definition."
        case .twoFiles: "Take one of the files out of the definition."
        case .pinnedFile: "Take the file or the version out of the definition."
        case .brokenRepository(let name, .expired):
            "The repository '\(name)' is not updated any more: tell its publisher, or take it as it is with --allow-expired."
        case .brokenRepository(let name, _), .unreachableFile(let name, _):
            "Try again later; if it stays like this, tell the publisher of the repository '\(name)', or take it out of the "
                + "definition."
        case .excludedFile: "Take the file or the exclusion out of the definition."
        case .noIndex:
            "Look at the suite's components in the definition; where they are right, leave the architecture out."
        case .unreachableRepository:
            "Look at its address and suite in the definition; a repository without the file InRelease cannot be used."
        case .strangeArchitecture: "Add the architecture to the definition, or take the file out."
        case .notInRepository: "Take the name out of the repository's `packages`."
        case .noSuchVersion(let pin, _), .unreachablePast(let pin, _, _):
            pin.others.isEmpty
                ? "Look at the package's name."
                : "Pin a version that they have: \(pin.others.joined(separator: ", "))."
        }
    }
}
