// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile
import OCI

/// An image for one platform and the lock that it was built from, as described in attestations.
package struct AttestedImage: Sendable {
    /// Its name, such as "opencode-docker".
    package let name: String
    /// Its version.
    package let version: String
    /// The platform.
    package let platform: Platform
    /// The lock that the image was built from.
    package let lock: VersionsLock
    /// Whether the image contains the programs, or only the Debian packages of the lock.
    package let includesPrograms: Bool
    /// What the definition says about the programs beside their pins, by name.
    package let origins: [String: ProgramFacts]
    /// The publisher of the image.
    package let vendor: String
    /// The project's homepage, which document names begin with; empty when there is none.
    package let homepage: String
    /// The digest of the manifest; nil before the image is built.
    package let manifest: Digest?
    /// `registry/path`; nil when the image is not published.
    package let repository: String?

    /// A URI for a document or builder of the project (RFC 3986): below its homepage, or in the scheme
    /// `opencode-docker:` when there is none, because in-toto and SPDX require absolute URIs.
    package static func uri(_ path: String, homepage: String) -> String {
        homepage.isEmpty ? "opencode-docker:\(path)" : "\(homepage)/\(path)"
    }

    /// Creates a description of an image.
    package init(
        name: String, version: String, platform: Platform, lock: VersionsLock, includesPrograms: Bool,
        origins: [String: ProgramFacts] = [:], vendor: String, homepage: String, manifest: Digest? = nil,
        repository: String? = nil
    ) {
        self.name = name
        self.version = version
        self.platform = platform
        self.lock = lock
        self.includesPrograms = includesPrograms
        self.origins = origins
        self.vendor = vendor
        self.homepage = homepage
        self.manifest = manifest
        self.repository = repository
    }
}

/// Facts about a program for a bill of materials.
package struct ProgramFacts: Hashable, Sendable {
    /// An SPDX license expression; nil when it is not known.
    let license: String?
    /// The URL of the homepage; nil when it is not known.
    let homepage: String?
    /// `VENDOR:PRODUCT` of its CPE (NIST IR 7695); nil when it has none.
    let cpe: String?

    /// Creates facts.
    package init(license: String?, homepage: String?, cpe: String?) {
        self.license = license
        self.homepage = homepage
        self.cpe = cpe
    }
}

extension AttestedImage {
    /// The Debian packages of the image, sorted by name.
    var packages: [LockedPackage] { lock.architectures[platform.architecture, default: []] }

    /// The artifacts of the image that are not Debian packages.
    var artifacts: [LockedArtifact] {
        includesPrograms ? lock.artifacts.filter { $0.platform == platform.description } : []
    }

    /// The distribution as scanners name it, `ID-VERSION_ID` of os-release: scanners find no advisories by codename.
    var distribution: String { "debian-\(Self.releases[lock.codename] ?? lock.codename)" }

    private static let releases = ["bullseye": "11", "bookworm": "12", "trixie": "13"]

    /// The snapshot URL of an archive file at the lock's time; it stays valid after mirrors have removed the file.
    func address(_ path: String, in base: String) -> String {
        let places = ArchiveSource.snapshots(
            base: base, locked: Timestamp(seconds: lock.epoch), service: ArchiveSource.snapshotService)
        return "\(places[0])/\(path)"
    }

    /// The repository of a package; nil for Debian's packages and for local ones.
    func repository(of package: LockedPackage) -> LockedRepository? {
        lock.choices.repositories.first { $0.name == package.base }
    }

    /// The URL of a package's file: in its repository, or in the snapshot of the package's own time or else of the
    /// lock's time; nil for a local file.
    func address(of package: LockedPackage) -> String? {
        if package.isLocal { return nil }
        if let repository = repository(of: package) { return "\(repository.uri)/\(package.path)" }
        guard let time = package.snapshot.flatMap({ Timestamp(rfc3339: $0) }) else {
            return address(package.path, in: package.base)
        }
        return "\(ArchiveSource.snapshot(base: package.base, at: time))/\(package.path)"
    }

    /// The package URL of the image; purl-spec requires the digest as the version.
    var packageURL: PackageURL {
        var qualifiers = ["arch": platform.architecture, "tag": version]
        if let repository { qualifiers["repository_url"] = repository }
        return PackageURL(type: "oci", name: name, version: manifest?.description, qualifiers: qualifiers)
    }

    /// The URL of a Debian package. Scanners match advisories by `upstream`; it is set when the package has a `Source`
    /// field, and includes a version when that differs.
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

    /// The URL of a package that is not from Debian: Debian's advisories do not cover it.
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

    /// The URL of an artifact: `github` for a file of a GitHub release, else `generic`.
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
