// SPDX-License-Identifier: Apache-2.0

/// Debian's releases by name, and the names of their suites (wiki.debian.org/DebianReleases).
package enum DebianRelease {
    /// The supported releases.
    package static let supported = ["bookworm", "trixie"]

    /// The directories on a mirror, one for each pool.
    static let bases = ["debian", "debian-security"]

    private static let suffixes = ["", "-updates", "-security", "-proposed-updates", "-backports", "-backports-sloppy"]

    private static let codenames = ["stretch", "buster", "bullseye", "bookworm", "trixie", "forky", "duke", "sid"]
    private static let ages = ["stable", "oldstable", "oldoldstable", "testing", "unstable"]

    /// Names of releases: by age ("stable"), whose meaning changes, or codenames ("bookworm").
    static func names(byAge: Bool) -> [String] { byAge ? ages : codenames }

    /// Whether `suite` is the name of a suite of Debian's archives; `stretch/updates` is the old form of security
    /// suites.
    static func isSuite(_ suite: String) -> Bool {
        (codenames + ages).contains { name in
            suite == "\(name)/updates" || suffixes.contains { suite == name + $0 }
        }
    }

    /// The pool of a suite.
    static func base(of suite: String) -> String {
        suite.hasSuffix("-security") || suite.hasSuffix("/updates") ? "debian-security" : "debian"
    }
}
