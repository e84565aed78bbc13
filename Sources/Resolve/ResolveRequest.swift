// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile
import Transport

/// The input of a resolution: plain values from the image definition.
package struct ResolveRequest: Sendable {
    /// The Debian release, `bookworm`.
    package var codename: String
    /// Debian's architectures to resolve for.
    package var architectures: [Architecture]
    /// The requested packages.
    package var packages: [PackageName]
    /// The pinned versions of requested packages.
    package var pins: [PackageName: DebianVersion] = [:]
    /// The excluded packages, each with the reason.
    package var exclusions: [PackageName: String] = [:]
    /// The requested packages whose recommended packages are installed too.
    package var recommending: Set<PackageName> = []
    /// The local package files, which are all requested.
    package var files: [LocalPackageFile] = []
    /// The artifacts, which are copied into the lock.
    package var artifacts: [LockedArtifact]
    /// The canonical digest of the definition's inputs.
    package var inputs: Digest

    /// Creates a request.
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

/// The packages that may differ from the versions in the previous lock.
package enum UpdateScope: Sendable, Hashable {
    /// All packages.
    case all
    /// These, packages of the same sources, and updates that they force.
    case only([PackageName])
    /// Only packages that are missing in the lock.
    case missing
}

/// The handling of an expired release file (`Valid-Until`).
package enum ExpiryRule: Sendable, Hashable {
    /// Refuse it.
    case refuse
    /// Accept it and report the reason, a clause such as "as asked by --allow-expired".
    case take(String)
}

/// Fetches files into the store. `Transport.Downloader` does it from the network; tests do it from a directory.
package protocol IndexSource: Sendable {
    /// Fetches all downloads into the store.
    ///
    /// - Returns: The digests, by name, of downloads without an expected digest.
    func fetch(_ downloads: [IndexDownload], step: String, progress: @escaping ProgressSink) async throws
        -> [String: Digest]
}

/// One file of an archive with its URLs.
package struct IndexDownload: Sendable, Hashable {
    /// The name in messages.
    package let name: String
    /// The URLs, in order of preference.
    package let urls: [String]
    /// The expected digest, if known.
    package let digest: Digest?
    /// The expected size in bytes, if known.
    package let size: UInt64?
}

/// A version that no archive has, and the available versions.
package struct MissingVersion: Hashable, Sendable {
    /// The package and its version, "curl 7.88.1-10".
    package let package: String
    /// Debian's name of the architecture.
    package let architecture: String
    /// The available versions, highest first.
    package let others: [String]

    /// Creates it.
    package init(package: String, architecture: String, others: [String]) {
        self.package = package
        self.architecture = architecture
        self.others = others
    }
}
