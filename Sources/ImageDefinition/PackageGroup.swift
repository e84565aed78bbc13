// SPDX-License-Identifier: Apache-2.0

import Core

/// Packages with one purpose.
package struct PackageGroup: Sendable, Hashable {
    /// The purpose in one word.
    package let name: String
    /// The requested packages, in the order of the file.
    package let requests: [PackageRequest]
    /// The excluded packages, in the order of the file.
    package let exclusions: [PackageExclusion]
    /// The local package files, in the order of the file.
    package let files: [LocalPackage]

    /// The names of the requested packages (Debian Policy 5.6.1).
    package var packages: [String] { requests.map(\.name) }
}

/// A package that is requested by name.
package struct PackageRequest: Sendable, Hashable {
    /// The name (Debian Policy 5.6.1).
    package let name: String
    /// The required version (Debian Policy 5.6.12); nil for the newest.
    package let version: String?
    /// Whether its recommended packages are installed too.
    package let recommends: Bool
}

/// A package that must not be installed.
package struct PackageExclusion: Sendable, Hashable {
    /// The name.
    package let name: String
    /// The reason, in one line.
    package let reason: String
}

/// A local package file beside the definition.
package struct LocalPackage: Sendable, Hashable {
    /// The path below the definition's directory.
    package let file: String
    /// The required digest.
    package let sha256: Digest
}

/// A third-party repository.
package struct RepositoryDefinition: Sendable, Hashable {
    /// The name in the lock.
    package let name: String
    /// The URL of the root, without a trailing slash.
    package let uri: String
    /// The suite; ends in a slash for a flat repository, whose index is beside the release file (sources.list(5)).
    package let suite: String
    /// The components; empty for a flat repository.
    package let components: [String]
    /// The keys that verify its signature.
    package let key: RepositoryKey
    /// The packages that are installed from it although Debian has them.
    package let packages: [String]
}

/// The OpenPGP keys that a repository's release file may be signed with.
package enum RepositoryKey: Sendable, Hashable {
    /// A file below the definition's directory.
    case file(String)
    /// The keys in ASCII armor.
    case armoured(String)
}

extension ImageDefinition {
    /// The local package files, in the order of the file.
    package var localPackages: [LocalPackage] { packages.flatMap(\.files) }

    /// The requested packages, in the order of the file.
    package var packageRequests: [PackageRequest] { packages.flatMap(\.requests) }

    /// The names of all requested packages, in the order of the file.
    package var packageNames: [String] { packages.flatMap(\.packages) }

    /// The excluded packages, in the order of the file.
    package var exclusions: [PackageExclusion] { packages.flatMap(\.exclusions) }
}
