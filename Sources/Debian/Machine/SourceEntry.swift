// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// One entry of sources.list(5).
struct SourceEntry: Hashable {
    /// Addresses that a download can come from, without a slash at the end.
    var addresses: [String]
    var suites: [String]
    var components: [String]
    /// The value of `Signed-By`: a path, fingerprints or a whole key.
    var signedBy: String?

    /// The keyring in the form that gpgv(1) reads, where one is named.
    var keyring: FilePath? {
        signedBy.flatMap { $0.hasPrefix("/") && $0.hasSuffix(".gpg") ? FilePath($0) : nil }
    }

    /// How much an address is like a mirror of Debian's own archive. Other archives call their suites "bookworm", too.
    enum Likeness: CaseIterable {
        /// Debian's key signs for it, or it is called as Debian's archives are and no other key is named.
        case sure
        /// Neither key nor address say.
        case possible
        /// Called as Debian's archives are, with a key of its own: a mirror that is signed anew, or another archive.
        case doubtful
    }

    /// The likeness of one of the addresses; `nil` for another archive.
    func likeness(of address: String) -> Likeness? {
        let hasName = DebianRelease.bases.contains { address.hasSuffix("/\($0)") }
        guard let signedBy else { return hasName ? .sure : .possible }
        if FilePath(signedBy).lastComponent?.string.hasPrefix("debian-archive") == true { return .sure }
        return hasName ? .doubtful : nil
    }

    /// Whether the entry has a suite and a component of Debian's.
    var isDebian: Bool { components.contains("main") && suites.contains(where: DebianRelease.isSuite) }

    /// The pools that the suites belong to.
    var bases: [String] { suites.filter(DebianRelease.isSuite).map(DebianRelease.base) }
}
