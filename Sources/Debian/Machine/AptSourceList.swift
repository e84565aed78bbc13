// SPDX-License-Identifier: Apache-2.0

/// Archives as apt reads them from a `.sources` file (sources.list(5), "DEB822-STYLE FORMAT").
package struct AptSourceList: Hashable, Sendable {
    /// The archives, each with one place at least.
    package let archives: [ArchiveSource]

    /// Those of `archives` that have a place; `nil` when none has.
    package init?(_ archives: [ArchiveSource]) {
        self.archives = archives.filter { !$0.addresses.isEmpty }
        guard !self.archives.isEmpty else { return nil }
    }

    /// What of the machine's own sources a container can use; `nil` unless every archive of the release is served.
    ///
    /// Left out are places on the machine's disk or its loopback, which a container does not reach, and addresses with
    /// a user name or a password, which are the machine's own business. A release without its security archive would be
    /// older than what is installed already.
    package init?(seenFromContainers archives: [ArchiveSource]) {
        let reachable = archives.map { archive in
            ArchiveSource(
                suite: archive.suite, base: archive.base, addresses: archive.addresses.filter(Self.isReachable))
        }
        guard !reachable.isEmpty, reachable.allSatisfy({ !$0.addresses.isEmpty }) else { return nil }
        self.archives = reachable
    }

    /// The file.
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

    /// RFC 3986 section 3.2: what stands between `//` and the next slash.
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
