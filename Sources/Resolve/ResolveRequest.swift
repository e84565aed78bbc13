// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile
import Transport

/// What a lock is to be made for: plain values, taken from the image definition by the caller.
package struct ResolveRequest: Sendable {
    /// The Debian release, `bookworm`.
    package var codename: String
    /// Debian's architectures to resolve for.
    package var architectures: [Architecture]
    /// The packages asked for by name.
    package var packages: [PackageName]
    /// The versions that must be, of packages that are asked for.
    package var pins: [PackageName: DebianVersion] = [:]
    /// The packages that must not be, each with the reason.
    package var exclusions: [PackageName: String] = [:]
    /// The packages, of those that are asked for, whose recommended ones are taken too.
    package var recommending: Set<PackageName> = []
    /// The package files of the definition's, each of which is asked for.
    package var files: [LocalPackageFile] = []
    /// What is taken into the lock as it is.
    package var artifacts: [LockedArtifact]
    /// The canonical digest of what the request was made from.
    package var inputs: Digest

    /// Puts a request together.
    package init(
        codename: String, architectures: [Architecture], packages: [PackageName], artifacts: [LockedArtifact],
        inputs: Digest
    ) {
        self.codename = codename
        self.architectures = architectures
        self.packages = packages
        self.artifacts = artifacts
        self.inputs = inputs
    }
}

/// Which packages may move away from the versions of the previous lock.
package enum UpdateScope: Sendable, Hashable {
    /// All.
    case all
    /// These, their siblings from the same source, and what they force.
    case only([PackageName])
    /// None but what was not in the lock yet.
    case missing
}

/// What is done about a release file whose validity is over (`Valid-Until`).
package enum ExpiryRule: Sendable, Hashable {
    /// It is refused.
    case refuse
    /// It is taken, and that is said together with the reason, a clause such as "as asked by --allow-expired".
    case take(String)
}

/// Brings files into the store. `Transport.Downloader` does it from the network; tests do it from a folder.
package protocol IndexSource: Sendable {
    /// Puts all downloads into the store.
    ///
    /// - Returns: The digests, by name, of those that came without one.
    func fetch(_ downloads: [IndexDownload], step: String, progress: @escaping ProgressSink) async throws
        -> [String: Digest]
}

/// One file of an archive, and where it may be.
package struct IndexDownload: Sendable, Hashable {
    /// What it is called in messages.
    package let name: String
    /// Where it may be, the first choice first.
    package let urls: [String]
    /// The digest it must have, where it is known.
    package let digest: Digest?
    /// The bytes it must have, where that is known.
    package let size: UInt64?
}

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
        case .unreachableRepository(_, let error): error.exitStatus
        case .unreachablePast: .tryAgain
        default: .broken
        }
    }

    package var details: [String] {
        switch self {
        case .unreachablePast(_, _, let error), .unreachableRepository(_, let error): error.details
        default: []
        }
    }

    package var hint: String? {
        switch self {
        case .noPlaces: TransportError.mirrorHint
        case .otherRelease: nil
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

/// A version that no archive has, and those that they have.
package struct MissingVersion: Hashable, Sendable {
    /// The package and its version, "curl 7.88.1-10".
    package let package: String
    /// Debian's name of the architecture.
    package let architecture: String
    /// The versions that the archives have instead, the highest first.
    package let others: [String]

    /// A version of these parts.
    package init(package: String, architecture: String, others: [String]) {
        self.package = package
        self.architecture = architecture
        self.others = others
    }
}
