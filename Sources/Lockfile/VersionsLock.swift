// SPDX-License-Identifier: Apache-2.0

import Core
import Debian

/// `versions.lock`: every byte an image is made of, by digest, and why it is there.
package struct VersionsLock: Sendable, Equatable {
    /// The version of the format; there is one.
    package var version: Int = 1
    /// The Debian release, `bookworm`.
    package var codename: String
    /// The latest date of the archives, RFC 3339 in UTC; the image's own date.
    package var snapshot: String
    /// The digest of what was resolved from; `build` refuses a lock whose inputs have changed.
    package var inputs: Digest
    /// The archives that the packages come from.
    package var archives: [LockedArchive]
    /// The packages by Debian's name of the architecture, sorted by name.
    package var architectures: [String: [LockedPackage]]
    /// What is in the image besides Debian.
    package var artifacts: [LockedArtifact]
    /// What the definition says about packages besides their names.
    package var choices: LockedChoices

    /// A lock of these parts, packages and artifacts brought into their order.
    package init(
        codename: String, snapshot: String, inputs: Digest, archives: [LockedArchive],
        architectures: [String: [LockedPackage]], artifacts: [LockedArtifact], choices: LockedChoices = LockedChoices()
    ) {
        self.codename = codename
        self.snapshot = snapshot
        self.inputs = inputs
        self.archives = archives
        self.architectures = architectures.mapValues { $0.sorted { $0.name < $1.name } }
        self.artifacts = artifacts.sorted { ($0.name, $0.platform) < ($1.name, $1.platform) }
        self.choices = choices
    }

    /// `snapshot` in seconds since 1970: what every time stamp of the image comes from.
    package var epoch: Int64 { ArchiveTime(rfc3339: snapshot)?.seconds ?? 0 }
}

/// One archive as it was when the lock was made.
package struct LockedArchive: Sendable, Hashable {
    /// The suite: "bookworm", "bookworm-updates", "bookworm-security".
    package var id: String
    /// The pool: "debian" or "debian-security".
    package var base: String
    /// The digest of the release file, armour and signature included.
    package var inRelease: Digest
    /// Its date, RFC 3339 in UTC.
    package var date: String
    /// The fingerprint of the primary key that signed it.
    package var signer: String

    /// Puts an archive together.
    package init(id: String, base: String, inRelease: Digest, date: String, signer: String) {
        self.id = id
        self.base = base
        self.inRelease = inRelease
        self.date = date
        self.signer = signer
    }
}

/// One package of the closure.
package struct LockedPackage: Sendable, Hashable {
    /// The name.
    package var name: PackageName
    /// The version.
    package var version: DebianVersion
    /// `amd64`, `arm64` or `all`.
    package var architecture: String
    /// The name of its source.
    package var source: PackageName
    /// The version of its source.
    package var sourceVersion: DebianVersion
    /// The digest of the .deb.
    package var sha256: Digest
    /// Bytes of the .deb.
    package var size: UInt64
    /// KiB on disk, as the package says (Debian Policy 5.6.20).
    package var installedSize: UInt64
    /// Where the .deb is below the base of its pool; of a local one, below the definition's directory.
    package var path: String
    /// The pool: "debian" or "debian-security", the name of a repository, or "local" for a file of the definition's.
    package var base: String
    /// The kind of layer it goes into; frozen, so that layers stay what they are.
    package var tier: LayerTier
    /// "essential", "required", "asked", "needed by NAME" or "recommended by NAME".
    package var reason: String
    /// The moment, RFC 3339 in UTC, at which the archive had it, for a pinned version that it no longer has.
    package var snapshot: String?
    /// Whether the index of another publisher's repository says that it is `Essential`; of Debian's packages, `reason`
    /// says so.
    package var isEssential: Bool

    /// Puts a package together.
    package init(
        name: PackageName, version: DebianVersion, architecture: String, source: PackageName,
        sourceVersion: DebianVersion, sha256: Digest, size: UInt64, installedSize: UInt64, path: String, base: String,
        tier: LayerTier, reason: String, snapshot: String? = nil, isEssential: Bool = false
    ) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.source = source
        self.sourceVersion = sourceVersion
        self.sha256 = sha256
        self.size = size
        self.installedSize = installedSize
        self.path = path
        self.base = base
        self.tier = tier
        self.reason = reason
        self.snapshot = snapshot
        self.isEssential = isEssential
    }
}

extension LockedPackage {
    /// The `base` of packages that are files of the definition's.
    package static let localBase = "local"

    /// Whether it is a file of the definition's.
    package var isLocal: Bool { base == Self.localBase }

    /// Whether it is Debian's.
    package var isDebian: Bool { LockedArchive.pools.contains(base) }

    /// Who made it, as people say it: "Debian", the name of a repository, "a local file".
    package var publisher: String { isDebian ? "Debian" : isLocal ? "a local file" : base }

    /// Its file and whose that is, for messages.
    package var origin: String {
        isDebian ? "Debian's '\(path)'" : isLocal ? "'\(path)'" : "'\(path)' of the repository '\(base)'"
    }
}

extension LockedArchive {
    /// Debian's pools.
    package static let pools: Set<String> = ["debian", "debian-security"]
}

/// How often what is in a layer is expected to change.
package enum LayerTier: String, Sendable, Hashable, CaseIterable {
    /// Sources that have had security updates.
    case hot
    /// The rest.
    case stable
    /// Sources so big that they get a layer of their own.
    case alone
}

/// A file that is not a Debian package: one release archive of the agent.
package struct LockedArtifact: Sendable, Hashable {
    /// Its name, "opencode".
    package var name: String
    /// Its version.
    package var version: String
    /// `linux/amd64`, as OCI documents write it.
    package var platform: String
    /// Where it is published.
    package var url: String
    /// The digest of the archive.
    package var sha256: Digest
    /// Bytes; `nil` when the publisher does not say.
    package var size: UInt64?

    /// Puts an artifact together.
    package init(name: String, version: String, platform: String, url: String, sha256: Digest, size: UInt64?) {
        self.name = name
        self.version = version
        self.platform = platform
        self.url = url
        self.sha256 = sha256
        self.size = size
    }
}
