// SPDX-License-Identifier: Apache-2.0

import Core

/// An archive that packages are downloaded from, with its mirrors.
package struct ArchiveSource: Hashable, Sendable {
    /// The suite, which is also its codename: "bookworm", "bookworm-updates", "bookworm-security".
    package let suite: String
    /// The pool: "debian" or "debian-security".
    package let base: String
    /// URLs of the pool's root, without a trailing slash, in order of preference.
    package var addresses: [String]
    /// URLs of directories that may contain the suite under a name that changes its meaning, such as
    /// ".../dists/oldstable": only the release file there identifies the release.
    package var aliases: [String] = []
    /// The terms of a third-party repository; nil for Debian's archives.
    package var repository: RepositoryTerms?

    /// The URLs of the suite's directory on each mirror, aliases last.
    package var distributions: [String] { addresses.map { Self.distribution(suite, at: $0) } + aliases }

    /// The URL of a suite's directory; a suite that ends in a slash is the path itself (sources.list(5), "exact path").
    package static func distribution(_ suite: String, at address: String) -> String {
        guard suite.hasSuffix("/") else { return "\(address)/dists/\(suite)" }
        return ([address[...]] + suite.split(separator: "/").filter { $0 != "." }).joined(separator: "/")
    }

    /// The title for messages: the suite, preceded by a repository's name.
    package var title: String { repository == nil ? suite : "\(base) \(suite)" }

    /// The possible paths of indices for an architecture, below the suite and without the suffix of a compression.
    package func indexPaths(_ architecture: Architecture) -> [String] {
        guard let repository else { return ["main/binary-\(architecture)/Packages"] }
        if repository.isFlat { return ["Packages"] }
        return repository.components.map { "\($0)/binary-\(architecture)/Packages" }
    }

    /// Creates an archive with its mirrors.
    package init(suite: String, base: String, addresses: [String]) {
        self.suite = suite
        self.base = base
        self.addresses = addresses
    }

    /// The archives of a release: the release, its updates and its security updates, in apt's default order.
    package static func all(of codename: String) -> [ArchiveSource] {
        [
            ArchiveSource(suite: codename, base: "debian", addresses: []),
            ArchiveSource(suite: "\(codename)-updates", base: "debian", addresses: []),
            ArchiveSource(suite: "\(codename)-security", base: "debian-security", addresses: []),
        ]
    }

    /// Debian's service with all past states of its archives.
    package static let snapshotService = "https://snapshot.debian.org"

    /// The URL of the archive `base` at a point in time.
    ///
    /// - Parameter service: The URL of the snapshot service, without a trailing slash.
    package static func snapshot(base: String, at time: Timestamp, service: String = snapshotService) -> String {
        "\(service)/archive/\(base)/\(time.compact)"
    }

    /// The snapshot URLs for a lock of `time`: the archive one day later, then at the time itself.
    ///
    /// A snapshot URL returns the last import before its time, and a release is imported hours after its date: at that
    /// time it is not available yet. One day later it is, and the files that it replaced are still in the pool.
    package static func snapshots(base: String, locked time: Timestamp, service: String) -> [String] {
        [Timestamp(seconds: time.seconds + 86_400), time].map { snapshot(base: base, at: $0, service: service) }
    }
}
