// SPDX-License-Identifier: Apache-2.0

import Debian
import Lockfile

/// The differences between two locks, by source package: advisories refer to sources.
package struct ChangeSet: Sendable, Hashable {
    /// The codename of the old release.
    let oldCodename: String
    /// The codename of the new release.
    let newCodename: String
    /// Architectures that only the new lock has, by Debian's names.
    let addedArchitectures: [String]
    /// Architectures that only the old lock has.
    let removedArchitectures: [String]
    /// Sources whose packages changed, sorted by name and version.
    package let updates: [SourceUpdate]
    /// Added packages, sorted by name; one for each architecture.
    package let added: [PackageEntry]
    /// Removed packages, sorted by name; one for each architecture.
    package let removed: [PackageEntry]
    /// Changed artifacts that are not Debian packages, sorted by name and platform.
    package let artifacts: [ArtifactUpdate]
    /// Differences of the definition's pins and exclusions, each as a clause: "curl is pinned at 7.88.1-10".
    var choices: [String] = []
    /// Updates that the new lock holds back, each as a sentence.
    var warnings: [String] = []

    /// Whether the two locks produce images of the same packages.
    package var isEmpty: Bool {
        oldCodename == newCodename && architectureSentences.isEmpty && updates.isEmpty && added.isEmpty
            && removed.isEmpty && artifacts.isEmpty && choices.isEmpty
    }
}

extension ChangeSet {
    /// Added and removed architectures, each as a clause.
    var architectureSentences: [String] {
        removedArchitectures.map(DefinitionChange.removed(architecture:))
            + addedArchitectures.map(DefinitionChange.added(architecture:))
    }
}

/// One package of one architecture of the image.
package struct PackageEntry: Sendable, Hashable {
    /// Debian's name of the image's architecture.
    package let architecture: String
    /// The package.
    package let package: LockedPackage
}

/// One package of one architecture, in both locks.
package struct PackagePair: Sendable, Hashable {
    /// Debian's name of the image's architecture.
    package let architecture: String
    /// The package in the old lock.
    package let old: LockedPackage
    /// The package in the new lock.
    package let new: LockedPackage
}

/// The packages of one source that changed from one version to another.
package struct SourceUpdate: Sendable, Hashable {
    /// The source in the new lock.
    package let source: PackageName
    /// The source in the old lock, when it differs.
    let formerSource: PackageName?
    /// The old version.
    package let old: DebianVersion
    /// The new version; equal to `old` when only the packages were rebuilt (`+bN`).
    package let new: DebianVersion
    /// The packages, sorted by name and architecture.
    package let packages: [PackagePair]

    /// Whether the source is the same, and only its packages were rebuilt.
    package var isRebuild: Bool { formerSource == nil && old.order(to: new) == 0 }
    /// Whether the new version sorts before the old one.
    package var isBackwards: Bool { formerSource == nil && new.order(to: old) < 0 }
    /// The distinct names of the packages.
    package var names: [PackageName] { Set(packages.map(\.new.name)).sorted() }
}

/// An artifact in both locks.
package struct ArtifactUpdate: Sendable, Hashable {
    /// The artifact in the old lock; nil when it is new.
    package let old: LockedArtifact?
    /// The artifact in the new lock; nil when it was removed.
    package let new: LockedArtifact?
}
