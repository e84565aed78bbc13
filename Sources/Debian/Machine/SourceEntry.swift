// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// One entry of sources.list(5).
struct SourceEntry: Hashable {
    /// The URLs to download from, without a trailing slash.
    var addresses: [String]
    var suites: [String]
    var components: [String]
    /// The value of `Signed-By`: a path, fingerprints or an embedded key.
    var signedBy: String?

    /// The keyring in a format that gpgv(1) reads, if any.
    var keyring: FilePath? {
        signedBy.flatMap { $0.hasPrefix("/") && $0.hasSuffix(".gpg") ? FilePath($0) : nil }
    }

    /// How certain it is that a URL is a mirror of Debian's own archive. Other archives use the suite name "bookworm",
    /// too.
    enum Likeness: CaseIterable {
        /// Debian's key is configured for it, or its path is that of Debian's archives and no other key is configured.
        case sure
        /// Neither key nor path are conclusive.
        case possible
        /// The path is that of Debian's archives, with another key: a re-signed mirror, or another archive.
        case doubtful
    }

    /// The likeness of one of the URLs; nil for another archive.
    func likeness(of address: String) -> Likeness? {
        let hasName = DebianRelease.bases.contains { address.hasSuffix("/\($0)") }
        guard let signedBy else { return hasName ? .sure : .possible }
        if FilePath(signedBy).lastComponent?.string.hasPrefix("debian-archive") == true { return .sure }
        return hasName ? .doubtful : nil
    }

    /// Whether the entry has a suite and a component of Debian's archives.
    var isDebian: Bool { components.contains("main") && suites.contains(where: DebianRelease.isSuite) }

    /// The pools of the suites.
    var bases: [String] { suites.filter(DebianRelease.isSuite).map(DebianRelease.base) }
}
