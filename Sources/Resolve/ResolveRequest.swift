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

/// Brings files into the store. `Transport.Downloader` does it from the network; tests do it from a directory.
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
