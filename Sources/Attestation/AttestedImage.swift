// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile
import OCI

/// An image for one platform as it is told about: what it is called, and the lock it was built from.
package struct AttestedImage: Sendable {
    /// Its name, such as "opencode-docker".
    package let name: String
    /// Its version.
    package let version: String
    /// The machine it is for.
    package let platform: Platform
    /// What it is made of.
    package let lock: VersionsLock
    /// Whether the agent is in it, or only what the lock has of Debian.
    package let includesAgent: Bool
    /// Who publishes it.
    package let vendor: String
    /// The project's address: what the names of documents begin with; empty when it has none.
    package let homepage: String
    /// The manifest's digest; `nil` while it is not built.
    package let manifest: Digest?
    /// `registry/path`; `nil` while it is published nowhere.
    package let repository: String?

    /// The URI of something of the project's own (RFC 3986): below its address, or where it has none of a scheme named
    /// like the program, for in-toto and SPDX demand absolute ones.
    package static func uri(_ path: String, homepage: String) -> String {
        homepage.isEmpty ? "opencode-docker:\(path)" : "\(homepage)/\(path)"
    }

    /// Puts an image together.
    package init(
        name: String, version: String, platform: Platform, lock: VersionsLock, includesAgent: Bool, vendor: String,
        homepage: String, manifest: Digest? = nil, repository: String? = nil
    ) {
        self.name = name
        self.version = version
        self.platform = platform
        self.lock = lock
        self.includesAgent = includesAgent
        self.vendor = vendor
        self.homepage = homepage
        self.manifest = manifest
        self.repository = repository
    }
}

extension AttestedImage {
    /// Debian's packages in it, sorted by name.
    var packages: [LockedPackage] { lock.architectures[platform.architecture, default: []] }

    /// What is in it besides Debian.
    var artifacts: [LockedArtifact] {
        includesAgent ? lock.artifacts.filter { $0.platform == platform.description } : []
    }

    /// The distribution as scanners name it, `ID-VERSION_ID` of os-release: with a codename they find no advisory.
    var distribution: String { "debian-\(Self.releases[lock.codename] ?? lock.codename)" }

    private static let releases = ["bullseye": "11", "bookworm": "12", "trixie": "13"]

    /// The address of a file of the archives as it was at the lock's time; it stays when mirrors have moved on.
    func address(_ path: String, in base: String) -> String {
        let places = ArchiveSource.snapshots(
            base: base, locked: ArchiveTime(seconds: lock.epoch), service: ArchiveSource.snapshotService)
        return "\(places[0])/\(path)"
    }

    /// The repository that a package is from; `nil` for Debian's, and for local ones.
    func repository(of package: LockedPackage) -> LockedRepository? {
        lock.choices.repositories.first { $0.name == package.base }
    }

    /// The address of a package's file: in its repository; or at the moment that the lock names for it, else at the
    /// lock's time; `nil` for a file of the definition's.
    func address(of package: LockedPackage) -> String? {
        if package.isLocal { return nil }
        if let repository = repository(of: package) { return "\(repository.uri)/\(package.path)" }
        guard let time = package.snapshot.flatMap({ ArchiveTime(rfc3339: $0) }) else {
            return address(package.path, in: package.base)
        }
        return "\(ArchiveSource.snapshot(base: package.base, at: time))/\(package.path)"
    }

    /// The image's own package URL; purl-spec wants the digest as the version.
    var packageURL: PackageURL {
        var qualifiers = ["arch": platform.architecture, "tag": version]
        if let repository { qualifiers["repository_url"] = repository }
        return PackageURL(type: "oci", name: name, version: manifest?.description, qualifiers: qualifiers)
    }

    /// A Debian package's URL. `upstream` is what scanners look advisories up by; it stands there when the package has
    /// a `Source` field, with a version when that is another one.
    func packageURL(of package: LockedPackage) -> PackageURL {
        guard package.isDebian else { return foreignPackageURL(of: package) }
        var qualifiers = ["arch": package.architecture, "distro": distribution]
        let isSameVersion = package.sourceVersion.text == package.version.text
        if !isSameVersion {
            qualifiers["upstream"] = "\(package.source.text)@\(package.sourceVersion.text)"
        } else if package.source != package.name {
            qualifiers["upstream"] = package.source.text
        }
        return PackageURL(
            type: "deb", namespace: "debian", name: package.name.text, version: package.version.text,
            qualifiers: qualifiers)
    }

    /// The URL of a package that is not Debian's: no advisory of Debian's speaks of it.
    private func foreignPackageURL(of package: LockedPackage) -> PackageURL {
        var qualifiers = ["arch": package.architecture]
        if let repository = repository(of: package) {
            qualifiers["repository_url"] = repository.uri
        } else {
            qualifiers["checksum"] = package.sha256.description
            qualifiers["file_name"] = package.path
        }
        return PackageURL(
            type: "deb", namespace: package.base, name: package.name.text, version: package.version.text,
            qualifiers: qualifiers)
    }

    /// An artifact's URL: that of the repository on GitHub whose release it is, or a generic one.
    func packageURL(of artifact: LockedArtifact) -> PackageURL {
        let parts = artifact.url.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        let origin = ["checksum": artifact.sha256.description, "download_url": artifact.url]
        guard parts.count > 7, parts[2] == "github.com", parts[5] == "releases", parts[6] == "download" else {
            return PackageURL(type: "generic", name: artifact.name, version: artifact.version, qualifiers: origin)
        }
        return PackageURL(
            type: "github", namespace: parts[3].lowercased(), name: parts[4].lowercased(), version: parts[7],
            qualifiers: origin)
    }
}
