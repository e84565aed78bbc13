// SPDX-License-Identifier: Apache-2.0

import Core

/// Packages with one purpose.
package struct PackageGroup: Sendable, Hashable {
    /// The purpose in one word.
    package let name: String
    /// What is asked for, in the order of the file.
    package let requests: [PackageRequest]
    /// What is left out, in the order of the file.
    package let exclusions: [PackageExclusion]
    /// The package files beside the definition, in the order of the file.
    package let files: [LocalPackage]

    /// The names of the packages that are asked for (Debian Policy 5.6.1).
    package var packages: [String] { requests.map(\.name) }
}

/// A package that is asked for by name.
package struct PackageRequest: Sendable, Hashable {
    /// The name (Debian Policy 5.6.1).
    package let name: String
    /// The only version that will do (Debian Policy 5.6.12); `nil` for the newest.
    package let version: String?
    /// Whether the packages that it recommends are taken with it.
    package let recommends: Bool
}

/// A package that must not be installed.
package struct PackageExclusion: Sendable, Hashable {
    /// The name.
    package let name: String
    /// Why, in one line for people.
    package let reason: String
}

/// A package file beside the definition.
package struct LocalPackage: Sendable, Hashable {
    /// Its path below the definition's directory.
    package let file: String
    /// The digest that it must have.
    package let sha256: Digest
}

/// Another publisher's repository.
package struct RepositoryDefinition: Sendable, Hashable {
    /// What the lock calls it.
    package let name: String
    /// The address of its root, without a slash at the end.
    package let uri: String
    /// Its suite; ends in a slash where the index is beside the release file (sources.list(5)).
    package let suite: String
    /// Its components; none where the suite ends in a slash.
    package let components: [String]
    /// Whose signature counts.
    package let key: RepositoryKey
    /// The packages that are taken from it although Debian has them.
    package let packages: [String]
}

/// The OpenPGP keys that a repository's release file may be signed with.
package enum RepositoryKey: Sendable, Hashable {
    /// A file below the definition's directory.
    case file(String)
    /// The keys themselves, in ASCII armour.
    case armoured(String)
}

extension ImageDefinition {
    /// The package files beside the definition, in the order of the file.
    package var localPackages: [LocalPackage] { packages.flatMap(\.files) }

    /// What is asked for, in the order of the file.
    package var packageRequests: [PackageRequest] { packages.flatMap(\.requests) }

    /// All names of packages that are asked for, in the order of the file.
    package var packageNames: [String] { packages.flatMap(\.packages) }

    /// What is left out, in the order of the file.
    package var exclusions: [PackageExclusion] { packages.flatMap(\.exclusions) }
}
