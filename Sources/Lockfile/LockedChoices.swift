// SPDX-License-Identifier: Apache-2.0

import Core
import Debian

/// A package that the definition pins to a version.
package struct LockedPin: Sendable, Hashable {
    /// The package.
    package var name: PackageName
    /// Its version.
    package var version: DebianVersion
    /// The newer version of the security archive that the pin holds back; nil when there is none.
    package var security: DebianVersion?

    /// Creates a pin.
    package init(name: PackageName, version: DebianVersion, security: DebianVersion? = nil) {
        self.name = name
        self.version = version
        self.security = security
    }

    /// The held-back update as a sentence; nil when there is none.
    package var warning: String? {
        security.map { "\(name) is pinned at \(version); the newer security version \($0) exists." }
    }
}

/// A package that the definition excludes.
package struct LockedExclusion: Sendable, Hashable {
    /// The package.
    package var name: PackageName
    /// The reason.
    package var reason: String

    /// Creates an exclusion.
    package init(name: PackageName, reason: String) {
        self.name = name
        self.reason = reason
    }
}

/// A third-party repository in the state that the lock was made from.
package struct LockedRepository: Sendable, Hashable {
    /// The name in the definition: the `base` of its packages.
    package var name: String
    /// The URL of the root, without a trailing slash.
    package var uri: String
    /// The suite; ends in a slash for a flat repository.
    package var suite: String
    /// The components; empty for a flat repository.
    package var components: [String]
    /// The packages that are installed from it although Debian has them.
    package var packages: [PackageName]
    /// The digest of the release file, including armor and signature.
    package var inRelease: Digest
    /// The date, RFC 3339 in UTC.
    package var date: String
    /// The fingerprint of the primary key that signed it.
    package var signer: String

    /// Creates a repository.
    package init(
        name: String, uri: String, suite: String, components: [String], packages: [PackageName], inRelease: Digest,
        date: String, signer: String
    ) {
        (self.name, self.uri, self.suite, self.components) = (name, uri, suite, components)
        self.packages = packages.sorted()
        (self.inRelease, self.date, self.signer) = (inRelease, date, signer)
    }

    /// The URL of the release file.
    package var inReleaseAddress: String { "\(ArchiveSource.distribution(suite, at: uri))/InRelease" }

    /// The repository as an archive.
    package var archive: LockedArchive {
        LockedArchive(id: name, base: name, inRelease: inRelease, date: date, signer: signer)
    }
}

/// The definition's choices about packages besides the requested names.
package struct LockedChoices: Sendable, Hashable {
    /// The pinned packages, sorted by name.
    package var pins: [LockedPin] = []
    /// The excluded packages, sorted by name.
    package var exclusions: [LockedExclusion] = []
    /// Third-party repositories, sorted by name.
    package var repositories: [LockedRepository] = []

    /// Creates sorted choices.
    package init(
        pins: [LockedPin] = [], exclusions: [LockedExclusion] = [], repositories: [LockedRepository] = []
    ) {
        self.repositories = repositories.sorted { $0.name < $1.name }
        self.pins = pins.sorted { $0.name < $1.name }
        self.exclusions = exclusions.sorted { $0.name < $1.name }
    }

    /// The updates that pins hold back, each as a sentence.
    package var warnings: [String] { pins.compactMap(\.warning) }
}

extension VersionsLock {
    /// The differences of the choices from those of `old`, each as a clause.
    package func choiceChanges(from old: VersionsLock) -> [String] {
        changes(old.choices.pins, choices.pins, by: \.name, as: pinned)
            + changes(old.choices.exclusions, choices.exclusions, by: \.name, as: leftOut)
            + changes(old.choices.repositories, choices.repositories, by: \.name, as: used) + moves(from: old)
    }

    private func changes<Choice: Hashable, Name: Hashable & Comparable>(
        _ old: [Choice], _ new: [Choice], by name: (Choice) -> Name, as clause: (Choice?, Choice?) -> String?
    ) -> [String] {
        let before = Dictionary(old.map { (name($0), $0) }) { first, _ in first }
        let after = Dictionary(new.map { (name($0), $0) }) { first, _ in first }
        return Set(before.keys).union(after.keys).sorted().compactMap { key in
            before[key] == after[key] ? nil : clause(before[key], after[key])
        }
    }

    /// A pin that holds back a newer update is not a changed choice: `LockedChoices.warnings` reports it.
    private func pinned(_ old: LockedPin?, _ new: LockedPin?) -> String? {
        guard let new else { return old.map { "\($0.name) is not pinned at \($0.version) any more" } }
        return old?.version == new.version ? nil : "\(new.name) is pinned at \(new.version)"
    }

    private func leftOut(_ old: LockedExclusion?, _ new: LockedExclusion?) -> String? {
        guard let new else { return old.map { "\($0.name) is not left out any more" } }
        return "\(new.name) is left out: \(new.reason)"
    }

    private func used(_ old: LockedRepository?, _ new: LockedRepository?) -> String? {
        guard let new else { return old.map { "the repository \($0.name) is not used any more" } }
        let place = "\(new.uri) \(([new.suite] + new.components).joined(separator: " "))"
        guard let old else { return "the repository \(new.name) is used: \(place), signed by \(new.signer)" }
        if old.signer != new.signer {
            return "the repository \(new.name) is signed by \(new.signer), not \(old.signer)"
        }
        let isSame = (old.uri, old.suite, old.components) == (new.uri, new.suite, new.components)
        return isSame ? nil : "the repository \(new.name) is at \(place)"
    }

    /// Packages whose publisher changed.
    private func moves(from old: VersionsLock) -> [String] {
        func publishers(_ lock: VersionsLock) -> [PackageName: String] {
            Dictionary(lock.architectures.values.joined().map { ($0.name, $0.publisher) }) { first, _ in first }
        }
        let before = publishers(old)
        return publishers(self).sorted { $0.key < $1.key }.compactMap { name, publisher in
            guard let earlier = before[name], earlier != publisher else { return nil }
            return "\(name) comes from \(publisher), not from \(earlier)"
        }
    }
}
