// SPDX-License-Identifier: Apache-2.0

/// Packages with one purpose.
package struct PackageGroup: Sendable, Hashable {
    /// The purpose in one word.
    package let name: String
    /// What is asked for, in the order of the file.
    package let requests: [PackageRequest]
    /// What is left out, in the order of the file.
    package let exclusions: [PackageExclusion]

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

extension ImageDefinition {
    /// What is asked for, in the order of the file.
    package var packageRequests: [PackageRequest] { packages.flatMap(\.requests) }

    /// All names of packages that are asked for, in the order of the file.
    package var packageNames: [String] { packages.flatMap(\.packages) }

    /// What is left out, in the order of the file.
    package var exclusions: [PackageExclusion] { packages.flatMap(\.exclusions) }
}
