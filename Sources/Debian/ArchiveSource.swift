// SPDX-License-Identifier: Apache-2.0

/// One archive that packages are taken from, with the places that serve it.
package struct ArchiveSource: Hashable, Sendable {
    /// The suite, which is also its codename: "bookworm", "bookworm-updates", "bookworm-security".
    package let suite: String
    /// Which pool it has: "debian" or "debian-security".
    package let base: String
    /// Addresses of that pool's root, without a slash at the end, in the order they are asked.
    package var addresses: [String]
    /// Addresses of directories that may have the suite under a name that wanders, such as ".../dists/oldstable": only
    /// the release file there says which release it is.
    package var aliases: [String] = []
    /// What holds for an archive that is not Debian's; `nil` for Debian's.
    package var repository: RepositoryTerms?

    /// Addresses of the suite's directory on each place, the aliases last.
    package var distributions: [String] { addresses.map { Self.distribution(suite, at: $0) } + aliases }

    /// The address of a suite's directory; a suite that ends in a slash is itself the path (sources.list(5), "exact
    /// path").
    package static func distribution(_ suite: String, at address: String) -> String {
        guard suite.hasSuffix("/") else { return "\(address)/dists/\(suite)" }
        return ([address[...]] + suite.split(separator: "/").filter { $0 != "." }).joined(separator: "/")
    }

    /// What it is called in messages: the suite, for a repository after its name.
    package var title: String { repository == nil ? suite : "\(base) \(suite)" }

    /// The paths below the suite at which indices for an architecture may be, without the ending of a compression.
    package func indexPaths(_ architecture: Architecture) -> [String] {
        guard let repository else { return ["main/binary-\(architecture)/Packages"] }
        if repository.isFlat { return ["Packages"] }
        return repository.components.map { "\($0)/binary-\(architecture)/Packages" }
    }

    /// An archive and its places.
    package init(suite: String, base: String, addresses: [String]) {
        self.suite = suite
        self.base = base
        self.addresses = addresses
    }

    /// The archives of a release: itself, its updates, its security updates, in the order apt's default has them.
    package static func all(of codename: String) -> [ArchiveSource] {
        [
            ArchiveSource(suite: codename, base: "debian", addresses: []),
            ArchiveSource(suite: "\(codename)-updates", base: "debian", addresses: []),
            ArchiveSource(suite: "\(codename)-security", base: "debian-security", addresses: []),
        ]
    }

    /// Where Debian keeps all that its archives ever were.
    package static let snapshotService = "https://snapshot.debian.org"

    /// The archive `base` as it was at one moment.
    ///
    /// - Parameter service: Who keeps it, without a slash at the end.
    package static func snapshot(base: String, at time: ArchiveTime, service: String = snapshotService) -> String {
        "\(service)/archive/\(base)/\(time.compact)"
    }

    /// Where what a lock of `time` names is still to be had: the archive a day later, then at the moment itself.
    ///
    /// A moment is answered with the last import before it, and a release is imported hours after the date it bears: at
    /// its own moment it is not there yet. A day later it is, and what it replaced has not left the pool.
    package static func snapshots(base: String, locked time: ArchiveTime, service: String) -> [String] {
        [ArchiveTime(seconds: time.seconds + 86_400), time].map { snapshot(base: base, at: $0, service: service) }
    }
}
