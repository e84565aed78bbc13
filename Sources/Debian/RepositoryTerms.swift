// SPDX-License-Identifier: Apache-2.0

/// What holds for an archive that is not Debian's: whose signature counts, and what its packages may stand for.
package struct RepositoryTerms: Hashable, Sendable {
    /// The components of its suite; none where the repository is flat, with its index beside the release file.
    package let components: [String]
    /// The keys of which one must have signed its release file, as an OpenPGP keyring.
    package let keyring: [UInt8]
    /// The packages that are taken from here although Debian has them.
    package let preferred: Set<PackageName>

    /// Whether the index is beside the release file (sources.list(5), "exact path").
    var isFlat: Bool { components.isEmpty }

    /// Terms of these parts.
    package init(components: [String], keyring: [UInt8], preferred: Set<PackageName>) {
        self.components = components
        self.keyring = keyring
        self.preferred = preferred
    }
}
