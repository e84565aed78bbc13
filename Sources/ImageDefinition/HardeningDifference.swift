// SPDX-License-Identifier: Apache-2.0

import Engine

/// One thing that two hardening definitions say differently.
package struct HardeningChange: Hashable, Codable, Sendable {
    /// Which way it was changed.
    package let direction: HardeningDirection
    /// The profile; `nil` where it is about the claims.
    package let profile: String?
    /// What was changed.
    package let what: String
    /// What it was.
    package let before: String
    /// What it is.
    package let after: String
    /// The ids of the claims that it touches.
    package let claims: [String]
}

/// What the change from one hardening definition to another means for those who rely on it: it decides the next
/// version.
///
/// Whatever cannot be shown to be no weaker counts as weaker.
package struct HardeningDifference: Hashable, Sendable {
    /// Every change, weaker ones first.
    package let changes: [HardeningChange]

    /// Compares every profile, or one by its name, and what is claimed.
    ///
    /// - Throws: `EngineError.invalidSeccomp` when a filter cannot be read.
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

    /// Whether anything is weaker.
    package var isWeaker: Bool { changes.contains { $0.direction == .weaker } }

    /// The one word for all of it; `nil` when nothing was changed.
    package var direction: HardeningDirection? {
        isWeaker ? .weaker : changes.contains { $0.direction == .stronger } ? .stronger : changes.first?.direction
    }

    private static func changes(
        _ name: String, _ old: HardeningProfile?, _ new: HardeningProfile?, claims: ClaimIndex
    ) throws -> [HardeningChange] {
        guard let old, let new else {
            // Nobody is held more loosely by a profile more; one that is gone was somebody's choice.
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

/// Which claims rest on a probe of something's name.
struct ClaimIndex {
    private let byName: [String: Set<String>]

    init(_ claims: [ClaimDefinition]) {
        let pairs = claims.flatMap { claim in claim.probes.map { (Self.name($0), Set([claim.id])) } }
        byName = Dictionary(pairs) { $0.union($1) }
    }

    /// `sc.bpf` is about `bpf`.
    private static func name(_ probe: String) -> String { String(probe.drop { $0 != "." }.dropFirst()) }

    /// The claims with a probe of that name, and `others`.
    func claims(on name: String, and others: [String]) -> [String] {
        (byName[name] ?? []).union(others).sorted()
    }
}
