// SPDX-License-Identifier: Apache-2.0

import Core

/// What packages make for one machine while they are configured: keys, passwords, databases. In an image it would be
/// the same for everybody who pulls it, and another one in each build. The configure step removes it, and a container
/// makes it anew at its first start (docs/first-start.md).
package struct FirstStart: Sendable {
    /// Where the programs are that make things anew; images without such packages have no such directory.
    package static let directory = "usr/local/libexec/opencode-docker"

    /// What the scripts of one package make.
    package struct Rule: Sendable {
        /// The package whose scripts make it.
        package let package: String
        /// What kind of thing it is.
        package let kind: Kind
        /// What the configure step removes: patterns of absolute paths for a shell (POSIX.1-2017, 2.13), without
        /// blanks.
        package let removed: [String]
        /// How it is made anew; `nil` where the package's own service does so when it starts.
        package let remaking: Remaking?
    }

    /// Why a file may not be in an image as a script made it.
    package enum Kind: String, Sendable, CaseIterable {
        case privateKey = "private key"
        case password
        case identifier
        case database
    }

    /// Commands for a shell, run as root.
    package struct Remaking: Sendable {
        /// Succeeds when there is something to do.
        let missing: String
        /// Makes it, and leaves alone what is there.
        let make: String
    }

    /// The rules for the packages of an image, in the order of the table.
    package let rules: [Rule]

    /// What is to be done for an image with packages of these names.
    package init(packages: some Sequence<String>) {
        let names = Set(packages)
        rules = Self.table.filter { names.contains($0.package) }
    }

    /// Whether a container of the image has something to make.
    package var isNeeded: Bool { rules.contains { $0.remaking != nil } }

    /// What the configure step removes.
    package var removed: [String] { rules.flatMap(\.removed) }

    /// The program that every container of the image starts with; it ends in the command behind it.
    package static var program: String { "/\(directory)/first-start" }

    /// The files that make things anew; none where nothing is to be made.
    ///
    /// - Throws: `ArchiveError` when a name has no place in an archive.
    package func items(mtime: Int64) throws -> [Overlay.Item] {
        guard isNeeded else { return [] }
        let parents = ["usr", "usr/local", "usr/local/libexec", Self.directory, "\(Self.directory)/first-start.d"]
        let scripts = rules.enumerated().compactMap { number, rule in
            rule.remaking.map { (name: "\(10 + number)-\(rule.package)", text: Self.script(of: rule, $0)) }
        }
        return try parents.map { try .directory($0, mtime: mtime) }
            + [.file("\(Self.directory)/first-start", Array(Self.runner.utf8), mode: 0o755, mtime: mtime)]
            + scripts.map {
                try .file(
                    "\(Self.directory)/first-start.d/\($0.name)", Array($0.text.utf8), mode: 0o755, mtime: mtime)
            }
    }
}
