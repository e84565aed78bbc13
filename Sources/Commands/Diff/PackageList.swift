// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Debian
import Lockfile
import OCI

/// The packages of a lock or of an image, as far as both tell.
struct PackageList {
    /// One of them.
    struct Package: Hashable {
        let name: String
        let version: String
        let source: String
        let sourceVersion: String
        /// What tells two builds of one version apart; an image does not say it.
        let digest: Digest?
        /// Whether this version comes from the security archive.
        let isSecurity: Bool
    }

    /// By name.
    let packages: [String: Package]

    /// The packages of a lock for one architecture.
    init(_ lock: VersionsLock, architecture: String) {
        let locked = lock.architectures[architecture] ?? []
        packages = Dictionary(
            locked.map { package in
                let listed = Package(
                    name: package.name.text, version: package.version.text, source: package.source.text,
                    sourceVersion: package.sourceVersion.text, digest: package.sha256,
                    isSecurity: package.base == "debian-security")
                return (listed.name, listed)
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The packages that dpkg's database in `image` says are installed.
    ///
    /// - Throws: `CommandError.noPackageDatabase`, `DebianError`, `OCIError`, `ArchiveError`, `FileError`.
    init(_ image: PlacedImage) throws {
        let paragraphs = try ControlParagraph.parse(try Self.status(of: image), file: "/var/lib/dpkg/status")
        let installed = try paragraphs.filter { $0["Status"]?.hasSuffix(" installed") == true }.map(Self.package)
        packages = Dictionary(installed.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The file as the topmost layer that has it has it.
    private static func status(of image: PlacedImage) throws -> [UInt8] {
        let path = try ArchivePath("var/lib/dpkg/status")
        for layer in image.image.layers.reversed() {
            var found: [UInt8]?
            try image.forEachEntry(of: layer) { entry, contents in
                guard entry.path == path else { return }
                var bytes: [UInt8] = []
                try contents { bytes += $0 }
                found = bytes
            }
            if let found { return found }
        }
        throw CommandError.noPackageDatabase(image.root.string)
    }

    /// `Source` is left out where it is the package's own name, and its version where it is the package's
    /// (deb-control(5)).
    private static func package(_ paragraph: ControlParagraph) throws -> Package {
        let name = try paragraph.required("Package", file: "/var/lib/dpkg/status")
        let version = try paragraph.required("Version", file: "/var/lib/dpkg/status")
        let words = (paragraph["Source"] ?? name).split(separator: " ")
        let told = words.count > 1 ? words[1].filter { $0 != "(" && $0 != ")" } : version
        // A database does not say from where a package came; security uploads to a stable release are versioned so.
        return Package(
            name: name, version: version, source: words.first.map(String.init) ?? name, sourceVersion: String(told),
            digest: nil, isSecurity: version.contains(/[+~]deb\d+u\d+/))
    }
}

/// What became of one package.
struct PackageMove: Hashable {
    let name: String
    let source: String
    /// The version before; `nil` for a new package.
    let old: String?
    /// The version after; `nil` for one that is gone.
    let new: String?
    /// The source's version after.
    let sourceVersion: String
    /// Whether the version after comes from the security archive: what CVE trackers speak of.
    let isSecurity: Bool

    /// Every package of which `new` says something else than `old`, by name.
    static func moves(from old: PackageList, to new: PackageList) -> [PackageMove] {
        Set(old.packages.keys).union(new.packages.keys).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            .compactMap { name in
                let (before, after) = (old.packages[name], new.packages[name])
                guard let said = after ?? before, !isSame(before, after) else { return nil }
                return PackageMove(
                    name: name, source: said.source, old: before?.version, new: after?.version,
                    sourceVersion: said.sourceVersion, isSecurity: after?.isSecurity ?? false)
            }
    }

    private static func isSame(_ before: PackageList.Package?, _ after: PackageList.Package?) -> Bool {
        guard let before, let after else { return false }
        if let one = before.digest, let other = after.digest { return one == other }
        return before.version == after.version
    }
}
