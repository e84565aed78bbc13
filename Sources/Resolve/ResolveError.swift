// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Transport

/// Errors of resolving packages, apart from those of Debian's formats and of the solver.
package enum ResolveError: UserFacingError, Hashable {
    /// No mirror is known for an archive.
    case noPlaces(suite: String)
    /// The resolver was given archives of another release than the requested one.
    case otherRelease(suite: String, codename: String)
    /// The release has no packages for an architecture.
    case noIndex(suite: String, architecture: String)
    /// The release file of a repository cannot be downloaded.
    case unreachableRepository(String, TransportError)
    /// A package file is for an architecture that the definition does not have.
    case strangeArchitecture(String, architecture: String)
    /// A package file cannot be installed; the problem is a sentence.
    case refusedFile(String, problem: String)
    /// Two package files contain the same package.
    case twoFiles(String, String, name: String)
    /// A package file contains a package that the definition pins to a version.
    case pinnedFile(String, name: String, version: String)
    /// A file of a repository is invalid.
    case brokenRepository(String, DebianError)
    /// A file of a repository cannot be downloaded.
    case unreachableFile(String, TransportError)
    /// A package file contains a package that is excluded.
    case excludedFile(String, name: String)
    /// A repository does not have a package that the definition selects from it.
    case notInRepository(String, repository: String, architecture: String)
    /// A pinned version is neither in an archive nor in a snapshot.
    case noSuchVersion(MissingVersion, service: String)
    /// A pinned version is no longer in an archive, and the snapshot service is unreachable.
    case unreachablePast(MissingVersion, service: String, TransportError)

    package var sentence: String {
        switch self {
        case .noPlaces(let suite): "No mirror of '\(suite)' is known."
        case .otherRelease(let suite, let codename): "'\(suite)' is not an archive of '\(codename)'."
        case .noIndex(let suite, let architecture): "'\(suite)' has no packages for \(architecture)."
        case .unreachableRepository(let name, _): "The repository '\(name)' did not serve its release file."
        case .strangeArchitecture(let file, let architecture):
            "'\(file)' is a package for \(architecture), which is not an architecture of the definition."
        case .refusedFile(let file, let problem): "'\(file)' cannot be installed: \(problem)"
        case .twoFiles(let one, let other, let name):
            "'\(one)' and '\(other)' are both the package '\(name)', and an image can have a package only once."
        case .pinnedFile(let file, let name, let version):
            "'\(file)' is the package '\(name)', which the definition pins to '\(name)=\(version)'."
        case .brokenRepository(let name, let error): "The repository '\(name)' is refused: \(error.sentence)"
        case .unreachableFile(_, let error): error.sentence
        case .excludedFile(let file, let name): "'\(file)' is the package '\(name)', which the definition excludes."
        case .notInRepository(let name, let repository, let architecture):
            "The repository '\(repository)' has no package '\(name)' for \(architecture)."
        case .noSuchVersion(let pin, let service):
            "No archive has \(pin.package) for \(pin.architecture), and \(service) has no snapshot with it."
        case .unreachablePast(let pin, let service, _):
            "No archive has \(pin.package) for \(pin.architecture) any more, and the snapshot service \(service) "
                + "is unreachable."
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .noSuchVersion, .notInRepository: .no
        case .refusedFile, .strangeArchitecture, .twoFiles, .pinnedFile, .excludedFile: .usage
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
        case .refusedFile: "Build the package again (dpkg-deb(1), --build), or remove the file from the definition."
        case .twoFiles: "Remove one of the files from the definition."
        case .pinnedFile: "Remove the file or the version from the definition."
        case .brokenRepository(let name, .expired):
            "The repository '\(name)' is not updated any more: report it to its publisher, or accept it with "
                + "--allow-expired."
        case .brokenRepository(let name, _), .unreachableFile(let name, _):
            "Try again later; if it stays like this, report it to the publisher of the repository '\(name)', or remove "
                + "it from the definition."
        case .excludedFile: "Remove the file or the exclusion from the definition."
        case .noIndex:
            "Check the suite's components in the definition; if they are correct, remove the architecture."
        case .unreachableRepository:
            "Check its address and suite in the definition; a repository without the file InRelease cannot be used."
        case .strangeArchitecture: "Add the architecture to the definition, or remove the file."
        case .notInRepository: "Remove the name from the repository's `packages`."
        case .noSuchVersion(let pin, _), .unreachablePast(let pin, _, _):
            pin.others.isEmpty
                ? "Check the package's name."
                : "Pin an available version: \(pin.others.joined(separator: ", "))."
        }
    }
}
