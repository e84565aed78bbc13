// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Debian
import Lockfile
import OCI

/// The packages of a lock or of an image, reduced to the common information.
package struct PackageList: Sendable {
    /// One package.
    struct Package: Hashable, Sendable {
        let name: String
        let version: String
        let source: String
        let sourceVersion: String
        /// Distinguishes two builds of one version; unknown for an image.
        let digest: Digest?
        /// Whether this version comes from the security archive.
        let isSecurity: Bool
    }

    /// By name.
    let packages: [String: Package]

    /// The packages of a lock for one architecture.
    package init(_ lock: VersionsLock, architecture: String) {
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

    /// The packages that are installed according to dpkg's database in `image`.
    ///
    /// - Throws: `ImageComparisonError.noPackageDatabase`, `DebianError`, `OCIError`, `ArchiveError`, `FileError`.
    package init(_ image: PlacedImage) throws {
        let paragraphs = try ControlParagraph.parse(try Self.status(of: image), file: "/var/lib/dpkg/status")
        let installed = try paragraphs.filter { $0["Status"]?.hasSuffix(" installed") == true }.map(Self.package)
        packages = Dictionary(installed.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The database file, from the topmost layer that has it.
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
        throw ImageComparisonError.noPackageDatabase(image.root.string)
    }

    /// `Source` is absent when it equals the package's name, and its version when it equals the package's
    /// (deb-control(5)).
    private static func package(_ paragraph: ControlParagraph) throws -> Package {
        let name = try paragraph.required("Package", file: "/var/lib/dpkg/status")
        let version = try paragraph.required("Version", file: "/var/lib/dpkg/status")
        let words = (paragraph["Source"] ?? name).split(separator: " ")
        let told = words.count > 1 ? words[1].filter { $0 != "(" && $0 != ")" } : version
        // The database does not record a package's archive; security uploads to a stable release are recognized by
        // their version.
        return Package(
            name: name, version: version, source: words.first.map(String.init) ?? name, sourceVersion: String(told),
            digest: nil, isSecurity: version.contains(/[+~]deb\d+u\d+/))
    }
}

/// The change of one package.
package struct PackageMove: Hashable, Sendable {
    /// The package's name.
    package let name: String
    /// Its source.
    package let source: String
    /// The old version; `nil` for a new package.
    package let old: String?
    /// The new version; `nil` for a removed package.
    package let new: String?
    /// The source's new version.
    package let sourceVersion: String
    /// Whether the new version comes from the security archive.
    package let isSecurity: Bool

    /// All packages that differ between `old` and `new`, by name.
    package static func moves(from old: PackageList, to new: PackageList) -> [PackageMove] {
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
