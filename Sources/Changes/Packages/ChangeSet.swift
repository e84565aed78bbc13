// SPDX-License-Identifier: Apache-2.0

import Debian
import Lockfile

/// What two locks say differently, by source package: advisories, and people, speak of sources.
package struct ChangeSet: Sendable, Hashable {
    /// Debian's name of the release before.
    let oldCodename: String
    /// Debian's name of the release after.
    let newCodename: String
    /// Architectures that only the later lock has, by Debian's names.
    let addedArchitectures: [String]
    /// Architectures that only the earlier lock has.
    let removedArchitectures: [String]
    /// Sources whose packages changed, by name and then by version.
    package let updates: [SourceUpdate]
    /// Packages that are new, by name; one for each architecture.
    package let added: [PackageEntry]
    /// Packages that are gone, by name; one for each architecture.
    package let removed: [PackageEntry]
    /// What is in the image besides Debian and changed, by name and platform.
    package let artifacts: [ArtifactUpdate]
    /// What the definition chooses differently besides names, each as a clause: "curl is pinned at 7.88.1-10".
    var choices: [String] = []
    /// What the later lock keeps back, each as a sentence.
    var warnings: [String] = []

    /// Whether the two locks make images of the same packages.
    package var isEmpty: Bool {
        oldCodename == newCodename && architectureSentences.isEmpty && updates.isEmpty && added.isEmpty
            && removed.isEmpty && artifacts.isEmpty && choices.isEmpty
    }
}

extension ChangeSet {
    /// Architectures that came or went, each as a clause.
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

/// One package of one architecture, before and after.
package struct PackagePair: Sendable, Hashable {
    /// Debian's name of the image's architecture.
    package let architecture: String
    /// What it was.
    package let old: LockedPackage
    /// What it is.
    package let new: LockedPackage
}

/// The packages of one source that went from one of its versions to another.
package struct SourceUpdate: Sendable, Hashable {
    /// The source after the change.
    package let source: PackageName
    /// The source before it, where that was another one.
    let formerSource: PackageName?
    /// Its version before.
    package let old: DebianVersion
    /// Its version after; equal to `old` where only the packages were built again (`+bN`).
    package let new: DebianVersion
    /// Its packages, by name and then by architecture.
    package let packages: [PackagePair]

    /// Whether the source is the same, and only its packages were built again.
    package var isRebuild: Bool { formerSource == nil && old.order(to: new) == 0 }
    /// Whether the version is one that comes before the old one.
    package var isBackwards: Bool { formerSource == nil && new.order(to: old) < 0 }
    /// The names of its packages, each once.
    package var names: [PackageName] { Set(packages.map(\.new.name)).sorted() }
}

/// An artifact before and after.
package struct ArtifactUpdate: Sendable, Hashable {
    /// What it was; `nil` for a new one.
    package let old: LockedArtifact?
    /// What it is; `nil` for one that is gone.
    package let new: LockedArtifact?
}
