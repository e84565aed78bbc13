// SPDX-License-Identifier: Apache-2.0

import Core
import Debian

/// `versions.lock`: the digests of everything that an image is made of, and the reasons for it.
package struct VersionsLock: Sendable, Equatable {
    /// The version of the format; only 1 exists.
    package var version: Int = 1
    /// The codename of the Debian release, `bookworm`.
    package var codename: String
    /// The latest date of the archives, RFC 3339 in UTC; also the date of the image.
    package var snapshot: String
    /// The digest of the inputs of `resolve`; `build` refuses a lock whose inputs have changed.
    package var inputs: Digest
    /// The archives that the packages come from.
    package var archives: [LockedArchive]
    /// The packages by Debian's name of the architecture, sorted by name.
    package var architectures: [String: [LockedPackage]]
    /// The contents of the image that are not Debian packages.
    package var artifacts: [LockedArtifact]
    /// The digest of the packages as `resolve` wrote them; `nil` in a lock of an earlier version of the program.
    package var selection: Digest?
    /// The definition's choices about packages besides their names.
    package var choices: LockedChoices

    /// Creates a lock with sorted packages and artifacts.
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

    /// The lock with the digest of its packages.
    package func sealed() -> VersionsLock {
        var lock = self
        lock.selection = packagesDigest
        return lock
    }

    /// `snapshot` in seconds since 1970, which all timestamps of the image are derived from.
    package var epoch: Int64 { Timestamp(rfc3339: snapshot)?.seconds ?? 0 }
}

/// One archive in the state that the lock was made from.
package struct LockedArchive: Sendable, Hashable {
    /// The suite: "bookworm", "bookworm-updates", "bookworm-security".
    package var id: String
    /// The pool: "debian" or "debian-security".
    package var base: String
    /// The digest of the release file, including armor and signature.
    package var inRelease: Digest
    /// The date, RFC 3339 in UTC.
    package var date: String
    /// The fingerprint of the primary key that signed it.
    package var signer: String

    /// Creates an archive.
    package init(id: String, base: String, inRelease: Digest, date: String, signer: String) {
        self.id = id
        self.base = base
        self.inRelease = inRelease
        self.date = date
        self.signer = signer
    }
}

/// One package of the dependency closure.
package struct LockedPackage: Sendable, Hashable {
    /// The name.
    package var name: PackageName
    /// The version.
    package var version: DebianVersion
    /// `amd64`, `arm64` or `all`.
    package var architecture: String
    /// The name of the source.
    package var source: PackageName
    /// The version of the source.
    package var sourceVersion: DebianVersion
    /// The digest of the .deb.
    package var sha256: Digest
    /// The size of the .deb in bytes.
    package var size: UInt64
    /// The installed size in KiB, as declared by the package (Debian Policy 5.6.20).
    package var installedSize: UInt64
    /// The path of the .deb below its pool; for a local package, below the definition's directory.
    package var path: String
    /// The pool: "debian" or "debian-security", the name of a repository, or "local" for a local package.
    package var base: String
    /// The kind of layer for the package; fixed in the lock, so that layers are stable.
    package var tier: LayerTier
    /// "essential", "required", "asked", "needed by NAME" or "recommended by NAME".
    package var reason: String
    /// The time, RFC 3339 in UTC, of a snapshot with the package, for a pinned version that the archive no longer has.
    package var snapshot: String?
    /// Whether the index of a third-party repository marks it as `Essential`; for Debian's packages, see `reason`.
    package var isEssential: Bool

    /// Creates a package.
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
    /// The `base` of local packages.
    package static let localBase = "local"

    /// Whether it is a local package.
    package var isLocal: Bool { base == Self.localBase }

    /// Whether it is a package of Debian.
    package var isDebian: Bool { LockedArchive.pools.contains(base) }

    /// The publisher for messages: "Debian", the name of a repository, "a local file".
    package var publisher: String { isDebian ? "Debian" : isLocal ? "a local file" : base }

    /// The file and its publisher, for messages.
    package var origin: String {
        isDebian ? "Debian's '\(path)'" : isLocal ? "'\(path)'" : "'\(path)' of the repository '\(base)'"
    }
}

extension LockedArchive {
    /// Debian's pools.
    package static let pools: Set<String> = ["debian", "debian-security"]
}

/// The expected frequency of changes of a layer's packages.
package enum LayerTier: String, Sendable, Hashable, CaseIterable {
    /// Sources that have had security updates.
    case hot
    /// All other sources.
    case stable
    /// Sources big enough for a layer of their own.
    case alone
}

/// A file that is not a Debian package: a release archive of the coding agent.
package struct LockedArtifact: Sendable, Hashable {
    /// The name, "opencode".
    package var name: String
    /// The version.
    package var version: String
    /// The platform as in OCI documents, `linux/amd64`.
    package var platform: String
    /// The URL.
    package var url: String
    /// The digest of the archive.
    package var sha256: Digest
    /// The size in bytes; nil when the publisher does not provide it.
    package var size: UInt64?

    /// Creates an artifact.
    package init(name: String, version: String, platform: String, url: String, sha256: Digest, size: UInt64?) {
        self.name = name
        self.version = version
        self.platform = platform
        self.url = url
        self.sha256 = sha256
        self.size = size
    }
}
