// SPDX-License-Identifier: Apache-2.0

import Core
import Debian

/// A package whose version the definition says.
package struct LockedPin: Sendable, Hashable {
    /// The package.
    package var name: PackageName
    /// Its version.
    package var version: DebianVersion
    /// The version of the security archive that the pin keeps back; `nil` where that has none that is newer.
    package var security: DebianVersion?

    /// A pin of these parts.
    package init(name: PackageName, version: DebianVersion, security: DebianVersion? = nil) {
        self.name = name
        self.version = version
        self.security = security
    }

    /// What the pin keeps back, as a sentence; `nil` where that is nothing.
    package var warning: String? {
        security.map { "\(name) is pinned at \(version); the newer security version \($0) exists." }
    }
}

/// A package that the definition leaves out.
package struct LockedExclusion: Sendable, Hashable {
    /// The package.
    package var name: PackageName
    /// Why it is left out.
    package var reason: String

    /// An exclusion of these parts.
    package init(name: PackageName, reason: String) {
        self.name = name
        self.reason = reason
    }
}

/// Another publisher's repository as it was when the lock was made.
package struct LockedRepository: Sendable, Hashable {
    /// Its name in the definition: the `base` of its packages.
    package var name: String
    /// The address of its root, without a slash at the end.
    package var uri: String
    /// Its suite; ends in a slash where the index is beside the release file.
    package var suite: String
    /// Its components; none where the index is beside the release file.
    package var components: [String]
    /// The packages that are taken from it although Debian has them.
    package var packages: [PackageName]
    /// The digest of the release file, armour and signature included.
    package var inRelease: Digest
    /// Its date, RFC 3339 in UTC.
    package var date: String
    /// The fingerprint of the primary key that signed it.
    package var signer: String

    /// A repository of these parts.
    package init(
        name: String, uri: String, suite: String, components: [String], packages: [PackageName], inRelease: Digest,
        date: String, signer: String
    ) {
        (self.name, self.uri, self.suite, self.components) = (name, uri, suite, components)
        self.packages = packages.sorted()
        (self.inRelease, self.date, self.signer) = (inRelease, date, signer)
    }

    /// The address of its release file.
    package var inReleaseAddress: String { "\(ArchiveSource.distribution(suite, at: uri))/InRelease" }

    /// The archive that it is beside Debian's.
    package var archive: LockedArchive {
        LockedArchive(id: name, base: name, inRelease: inRelease, date: date, signer: signer)
    }
}

/// What a definition says about packages besides the names it asks for.
package struct LockedChoices: Sendable, Hashable {
    /// The packages at a version that the definition says, by name.
    package var pins: [LockedPin] = []
    /// The packages that are left out, by name.
    package var exclusions: [LockedExclusion] = []
    /// Other publishers' repositories, by name.
    package var repositories: [LockedRepository] = []

    /// Choices, brought into their order.
    package init(
        pins: [LockedPin] = [], exclusions: [LockedExclusion] = [], repositories: [LockedRepository] = []
    ) {
        self.repositories = repositories.sorted { $0.name < $1.name }
        self.pins = pins.sorted { $0.name < $1.name }
        self.exclusions = exclusions.sorted { $0.name < $1.name }
    }

    /// What the pins keep back, each as a sentence.
    package var warnings: [String] { pins.compactMap(\.warning) }
}

extension VersionsLock {
    /// What is chosen differently than in `old`, each as a clause.
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

    /// That a pin keeps back more than before is no change of what is chosen: `LockedChoices.warnings` says it.
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

    /// Packages that another publisher has now than before.
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
