// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Engine
import ImageDefinition

extension VersionDecision {
    /// Decides from all changes since the last release.
    ///
    /// - Parameters:
    ///   - changes: The differences between the locks.
    ///   - definition: The differences between the image definitions.
    ///   - hardening: The differences between the hardening definitions.
    ///   - unreleased: The unreleased changelog entries that become part of the release.
    ///   - acceptedClaims: The claims that may be weakened. A weakening that affects other claims too is refused.
    ///   - others: Additional reasons of the caller.
    package init(
        changes: ChangeSet, definition: [DefinitionChange], hardening: HardeningDifference,
        unreleased: [ChangelogEntry], acceptedClaims: Set<String>, others: [VersionReason] = []
    ) {
        let weaker = hardening.changes.filter { $0.direction == .weaker }
        accepted = weaker.filter { acceptedClaims.isSuperset(of: $0.claims) }
        refused = weaker.filter { !acceptedClaims.isSuperset(of: $0.claims) }
        var reasons = changes.reasons + definition.map { VersionReason(step: $0.step, text: $0.text) }
        reasons += hardening.changes.map { VersionReason(step: .minor, text: "hardening \($0.sentence)") }
        reasons += unreleased.map(\.reason) + others
        var seen: Set<VersionReason> = []
        let distinct = reasons.filter { seen.insert($0).inserted && $0.step != .none }
        self.reasons = VersionStep.allCases.reversed().flatMap { step in distinct.filter { $0.step == step } }
        step = self.reasons.first?.step ?? .none
    }
}

extension HardeningChange {
    /// The change as a clause: "stronger: standard: capability NET_RAW: held -> dropped (C08, C23)".
    package var sentence: String {
        let place = profile.map { "\($0): " } ?? ""
        let list = claims.isEmpty ? "" : " (\(claims.joined(separator: ", ")))"
        return "\(direction.rawValue): \(place)\(what): \(before) -> \(after)\(list)"
    }
}

extension ChangelogEntry {
    /// The step that the entry requires. An unknown heading counts as something new.
    fileprivate var reason: VersionReason {
        let step: VersionStep =
            switch category {
            case _ where isBreaking: .major
            case .fixed, .security: .patch
            default: .minor
            }
        return VersionReason(step: step, text: "\(group): \(text)")
    }
}

extension ChangeSet {
    fileprivate var reasons: [VersionReason] {
        var reasons: [VersionReason] = []
        if oldCodename != newCodename {
            reasons.append(VersionReason(step: .major, text: "Debian \(oldCodename) -> \(newCodename)"))
        }
        reasons += removedArchitectures.map {
            VersionReason(step: .major, text: DefinitionChange.removed(architecture: $0))
        }
        reasons += addedArchitectures.map {
            VersionReason(step: .minor, text: DefinitionChange.added(architecture: $0))
        }
        reasons += updates.map { VersionReason(step: $0.isBackwards ? .minor : .patch, text: $0.sentence) }
        reasons += added.map { VersionReason(step: .minor, text: "package \($0.package.name) is added") }
        reasons += removed.map { VersionReason(step: .minor, text: "package \($0.package.name) is removed") }
        reasons += choices.map { VersionReason(step: .minor, text: $0) }
        return reasons + artifacts.map(\.reason)
    }
}

extension SourceUpdate {
    /// The change as a clause: "openssl 3.0.19-1 -> 3.0.19-2", or the packages' own versions for a rebuild.
    var sentence: String {
        if isRebuild { return "rebuild: \(versions(of: names))" }
        let former = formerSource.map { "\($0) " } ?? ""
        return "\(source) \(former)\(old) -> \(new)\(isBackwards ? " (back to an earlier version)" : "")"
    }

    /// The selected packages with their versions.
    func versions(of chosen: [PackageName]) -> String {
        var texts: [String] = []
        for pair in packages where chosen.contains(pair.new.name) {
            let text = "\(pair.new.name) \(pair.old.version) -> \(pair.new.version)"
            if !texts.contains(text) { texts.append(text) }
        }
        return texts.joined(separator: ", ")
    }
}

extension ArtifactUpdate {
    /// The change as a clause, without the platform.
    var sentence: String {
        switch (old, new) {
        case (let old?, let new?) where old.version == new.version: "\(new.name) \(new.version), published again"
        case (let old?, let new?): "\(new.name) \(old.version) -> \(new.version)"
        case (nil, let new?): "\(new.name) \(new.version) for \(new.platform)"
        case (let old, nil): "no \(old?.name ?? "") for \(old?.platform ?? "") any more"
        }
    }

    /// The step follows the artifact's own version number, but is never major: the image's users do not depend on it so
    /// closely that it could break their use.
    fileprivate var reason: VersionReason {
        var step = VersionStep.minor
        if let old = old.flatMap({ try? SemanticVersion($0.version) }),
            let new = new.flatMap({ try? SemanticVersion($0.version) }),
            (old.major, old.minor) == (new.major, new.minor),
            old < new
        {
            step = .patch
        }
        return VersionReason(step: step, text: sentence)
    }
}
