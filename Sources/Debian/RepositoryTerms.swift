// SPDX-License-Identifier: Apache-2.0

/// The terms of a third-party repository: its keys, and the precedence of its packages.
package struct RepositoryTerms: Hashable, Sendable {
    /// The components of the suite; empty for a flat repository.
    package let components: [String]
    /// The keys that may have signed its release file, as an OpenPGP keyring.
    package let keyring: [UInt8]
    /// The packages that are installed from it although Debian has them.
    package let preferred: Set<PackageName>

    /// Whether the index is beside the release file (sources.list(5), "exact path").
    var isFlat: Bool { components.isEmpty }

    /// Creates terms.
    package init(components: [String], keyring: [UInt8], preferred: Set<PackageName>) {
        self.components = components
        self.keyring = keyring
        self.preferred = preferred
    }
}
