// SPDX-License-Identifier: Apache-2.0

/// Archives as an apt `.sources` file (sources.list(5), "DEB822-STYLE FORMAT").
package struct AptSourceList: Hashable, Sendable {
    /// The archives, each with at least one mirror.
    package let archives: [ArchiveSource]

    /// Keeps the archives that have a mirror; nil when none has.
    package init?(_ archives: [ArchiveSource]) {
        self.archives = archives.filter { !$0.addresses.isEmpty }
        guard !self.archives.isEmpty else { return nil }
    }

    /// The machine's own sources that a container can use; nil unless they include every archive of the release.
    ///
    /// Mirrors on the machine's disk or loopback, which a container cannot reach, and URLs with credentials are
    /// omitted. A release without its security archive would be older than the installed packages.
    package init?(seenFromContainers archives: [ArchiveSource]) {
        let reachable = archives.map { archive in
            ArchiveSource(
                suite: archive.suite, base: archive.base, addresses: archive.addresses.filter(Self.isReachable))
        }
        guard !reachable.isEmpty, reachable.allSatisfy({ !$0.addresses.isEmpty }) else { return nil }
        self.archives = reachable
    }

    /// The contents of the file.
    package var text: String { archives.map(Self.paragraph).joined(separator: "\n") }

    private static func paragraph(_ archive: ArchiveSource) -> String {
        """
        Types: deb
        URIs: \(archive.addresses.joined(separator: " "))
        Suites: \(archive.suite)
        Components: main
        Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

        """
    }

    /// Whether the authority of the URL (RFC 3986 section 3.2) has no credentials and is not the loopback.
    private static func isReachable(_ address: String) -> Bool {
        guard address.hasPrefix("http://") || address.hasPrefix("https://"),
            let authority = address.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first,
            !authority.contains("@")
        else { return false }
        let isBracketed = authority.hasPrefix("[")
        let host = isBracketed ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        return host != "localhost" && !host.hasSuffix(".localhost") && !(host.hasPrefix("127.") && !isBracketed)
            && host != "::1"
    }
}
