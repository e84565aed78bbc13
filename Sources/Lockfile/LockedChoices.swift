// SPDX-License-Identifier: Apache-2.0

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

/// What a definition says about packages besides the names it asks for.
package struct LockedChoices: Sendable, Hashable {
    /// The packages at a version that the definition says, by name.
    package var pins: [LockedPin] = []
    /// The packages that are left out, by name.
    package var exclusions: [LockedExclusion] = []

    /// Choices, brought into their order.
    package init(pins: [LockedPin] = [], exclusions: [LockedExclusion] = []) {
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
    }

    private func changes<Choice: Hashable>(
        _ old: [Choice], _ new: [Choice], by name: (Choice) -> PackageName, as clause: (Choice?, Choice?) -> String?
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
}
