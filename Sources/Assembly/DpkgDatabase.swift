// SPDX-License-Identifier: Apache-2.0

import Archive
import Lockfile

/// dpkg's database for packages that were unpacked without dpkg, as the configure step needs it: without the packages
/// that dpkg unpacks there.
///
/// The formats are those of dpkg 1.21 in Debian 12: `status` has paragraphs, `triggers/File` a path and a package per
/// line, `triggers/NAME` a package per line, `statoverride` user, group, mode and path per line.
package struct DpkgDatabase: Sendable {
    private let packages: [PackageFacts]
    private let overrides: [PackageFacts.StatOverride]
    private let withWaiting: Set<String>
    private let automatic: [LockedPackage]
    private let architecture: String

    /// Creates the database of `packages` for `architecture`; `locked` tells which packages were installed
    /// automatically.
    ///
    /// - Parameters:
    ///   - byDpkg: The names of the packages that dpkg unpacks and adds to the database.
    ///   - withWaiting: The names of packages whose configuration files are installed when they are configured.
    ///   - shared: Paths that several packages ship. They have no override, which would apply to the file of another
    ///     package than the one with the set-uid bit. The configure program removes the bits that dpkg sets there.
    package init(
        packages: [PackageFacts], locked: [LockedPackage], architecture: String, byDpkg: Set<String> = [],
        withWaiting: Set<String> = [], shared: Set<ArchivePath> = []
    ) {
        self.architecture = architecture
        self.withWaiting = withWaiting
        overrides = packages.flatMap(\.overrides).filter { override in
            (try? PackageFiles.place(of: override.path)).map(shared.contains) != true
        }
        self.packages = packages.filter { !byDpkg.contains($0.name) }
            .sorted { $0.qualifiedName.utf8.lexicographicallyPrecedes($1.qualifiedName.utf8) }
        automatic = locked.filter { $0.reason.hasPrefix("needed") }.sorted { $0.name < $1.name }
    }

    /// The files by their path in the image.
    package var files: [(path: String, text: String)] {
        [
            ("var/lib/dpkg/status", packages.map(statusParagraph).joined(separator: "\n")),
            ("var/lib/dpkg/info/format", "1\n"),
            ("var/lib/dpkg/available", ""),
            ("var/lib/dpkg/diversions", ""),
            ("var/lib/dpkg/statoverride", overrides.map(overrideLine).sorted().joined()),
            ("var/lib/dpkg/triggers/File", fileTriggers),
            ("var/lib/apt/extended_states", automatic.map(extendedState).joined(separator: "\n")),
        ] + namedTriggers
    }

    /// A paragraph of dpkg's status file: the control file, the state, and the digests of configuration files, which
    /// dpkg would have computed while unpacking.
    private func statusParagraph(_ package: PackageFacts) -> String {
        let lines = package.control.split(separator: "\n", omittingEmptySubsequences: true)
        var text = "Package: \(package.name)\nStatus: install ok unpacked\n"
        var isDropped = false
        for line in lines {
            // dpkg ignores the field `Conffiles` of a package.
            if let first = line.first, first != " ", first != "\t" {
                let field = line.prefix { $0 != ":" }.lowercased()
                isDropped = ["package", "conffiles"].contains(field)
            }
            if !isDropped { text += line + "\n" }
        }
        guard !package.conffiles.isEmpty else { return text }
        let waits = withWaiting.contains(package.name)
        let conffiles = package.conffiles.map { conffile in
            guard let md5 = conffile.md5 else { return " \(conffile.path) \(Self.new) remove-on-upgrade\n" }
            return " \(conffile.path) \(waits ? Self.new : md5)\n"
        }
        return text + "Conffiles:\n" + conffiles.joined()
    }

    /// dpkg's placeholder for the digest of a configuration file that is not yet installed (`NEWCONFFILEFLAG` in its
    /// `lib/dpkg/dpkg-db.h`).
    private static let new = "newconffile"

    private func overrideLine(_ override: PackageFacts.StatOverride) -> String {
        func name(_ id: UInt32) -> String { id == 0 ? "root" : "#\(id)" }
        return "\(name(override.uid)) \(name(override.gid)) \(String(override.mode, radix: 8)) \(override.path)\n"
    }

    private var fileTriggers: String {
        interests { $0.hasPrefix("/") }.map { "\($0.trigger) \($0.package)\n" }.joined()
    }

    private var namedTriggers: [(path: String, text: String)] {
        Dictionary(grouping: interests { !$0.hasPrefix("/") }, by: \.trigger)
            .sorted { $0.key < $1.key }
            .map { ("var/lib/dpkg/triggers/\($0.key)", $0.value.map { $0.package + "\n" }.joined()) }
    }

    private func interests(where wanted: (String) -> Bool) -> [(trigger: String, package: String)] {
        packages.flatMap { package in
            package.interests.filter { wanted($0.trigger) }.map { interest in
                (interest.trigger, package.qualifiedName + (interest.awaits ? "" : "/noawait"))
            }
        }
    }

    /// apt's record of automatically installed packages, so that `apt-get autoremove` keeps the requested ones.
    private func extendedState(_ package: LockedPackage) -> String {
        "Package: \(package.name.text)\nArchitecture: \(architecture)\nAuto-Installed: 1\n"
    }
}
