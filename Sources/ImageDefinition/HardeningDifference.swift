// SPDX-License-Identifier: Apache-2.0

import Claims
import Engine

/// A difference between two hardening definitions.
package struct HardeningChange: Hashable, Codable, Sendable {
    /// The direction of the change.
    package let direction: HardeningDirection
    /// The profile; nil for a change of the claims.
    package let profile: String?
    /// The changed item.
    package let what: String
    /// The old value.
    package let before: String
    /// The new value.
    package let after: String
    /// The ids of the affected claims.
    package let claims: [String]
}

/// The security impact of the change from one hardening definition to another; it determines the next version.
///
/// A change counts as weaker unless it is known not to be.
package struct HardeningDifference: Hashable, Sendable {
    /// All changes, weaker ones first.
    package let changes: [HardeningChange]

    /// Compares all profiles, or the one named `only`, and the claims.
    ///
    /// - Throws: `EngineError.invalidSeccomp` when a filter cannot be parsed.
    package init(
        from old: HardeningDefinition, to new: HardeningDefinition, profile only: String? = nil
    ) throws {
        let names = Set(old.profiles.keys).union(new.profiles.keys).filter { only == nil || $0 == only }
        var changes: [HardeningChange] = []
        for name in names.sorted() {
            changes += try Self.changes(
                name, old.profiles[name], new.profiles[name], claims: ClaimIndex(old.claims + new.claims))
        }
        if only == nil { changes += Self.changes(old.claims, new.claims) }
        self.changes = HardeningDirection.allCases.flatMap { way in changes.filter { $0.direction == way } }
    }

    /// Whether any change is weaker.
    package var isWeaker: Bool { changes.contains { $0.direction == .weaker } }

    /// The overall direction; nil when nothing changed.
    package var direction: HardeningDirection? {
        isWeaker ? .weaker : changes.contains { $0.direction == .stronger } ? .stronger : changes.first?.direction
    }

    private static func changes(
        _ name: String, _ old: HardeningProfile?, _ new: HardeningProfile?, claims: ClaimIndex
    ) throws -> [HardeningChange] {
        guard let old, let new else {
            // An additional profile weakens no container; a removed one may have been in use.
            return [
                HardeningChange(
                    direction: new == nil ? .weaker : .changed, profile: name, what: "the profile",
                    before: old == nil ? "absent" : "present", after: new == nil ? "absent" : "present",
                    claims: ["C26"])
            ]
        }
        var comparison = ProfileComparison(profile: name, claims: claims)
        try comparison.compare(old, new)
        return comparison.changes
    }
}

/// The claims that depend on a probe with a given name.
struct ClaimIndex {
    private let byName: [String: Set<String>]

    init(_ claims: [Claim]) {
        let pairs = claims.flatMap { claim in claim.probeNames.map { (Self.name($0), Set([claim.id])) } }
        byName = Dictionary(pairs) { $0.union($1) }
    }

    /// The subject of a probe: `sc.bpf` is about `bpf`.
    private static func name(_ probe: String) -> String { String(probe.drop { $0 != "." }.dropFirst()) }

    /// The claims with a probe of that name, and `others`.
    func claims(on name: String, and others: [String]) -> [String] {
        (byName[name] ?? []).union(others).sorted()
    }
}
