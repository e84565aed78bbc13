// SPDX-License-Identifier: Apache-2.0

import Core

/// Files that packages generate for one machine while they are configured: keys, passwords, databases. In an image they
/// would be shared by all of its users and would differ between builds. The configure step removes them, and a
/// container generates them at its first start (docs/first-start.md).
package struct FirstStart: Sendable {
    /// The directory of the programs that generate the files; images without such packages do not have it.
    package static let directory = "usr/local/libexec/opencode-docker"

    /// The generated files of one package.
    package struct Rule: Sendable {
        /// The package whose scripts generate the files.
        package let package: String
        /// The kind of the files.
        package let kind: Kind
        /// The paths that the configure step removes: shell patterns of absolute paths (POSIX.1-2017, 2.13), without
        /// blanks.
        package let removed: [String]
        /// How the files are generated; nil when the package's own service does so at its start.
        package let remaking: Remaking?
    }

    /// The reason why a file must not be shipped as a script generated it.
    package enum Kind: String, Sendable, CaseIterable {
        case privateKey = "private key"
        case password
        case identifier
        case database
    }

    /// Shell commands, run as root.
    package struct Remaking: Sendable {
        /// Succeeds when there is something to do.
        let missing: String
        /// Generates the files and keeps existing ones.
        let make: String
    }

    /// The rules for the packages of an image, in the order of the table.
    package let rules: [Rule]

    /// Selects the rules for an image with packages of these names.
    package init(packages: some Sequence<String>) {
        let names = Set(packages)
        rules = Self.table.filter { names.contains($0.package) }
    }

    /// Whether a container of the image has files to generate.
    package var isNeeded: Bool { rules.contains { $0.remaking != nil } }

    /// The paths that the configure step removes.
    package var removed: [String] { rules.flatMap(\.removed) }

    /// The program that every container of the image starts with; it executes the command that follows it.
    package static var program: String { "/\(directory)/first-start" }

    /// The programs that generate the files; empty when there is nothing to generate.
    ///
    /// - Throws: `ArchiveError` when a name is not a valid path in an archive.
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
