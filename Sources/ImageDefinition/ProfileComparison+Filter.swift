// SPDX-License-Identifier: Apache-2.0

import Engine

extension ProfileComparison {
    /// Compares the system call filters call by call; calls with the same change are grouped.
    mutating func compareFilters(_ old: HardeningProfile, _ new: HardeningProfile) throws {
        guard old.seccomp != new.seccomp else { return }
        let before = try old.seccomp.map { try SystemCallFilter($0, of: old.name) } ?? .none
        let after = try new.seccomp.map { try SystemCallFilter($0, of: new.name) } ?? .none
        tell(SystemCallFilter.changes(from: before, to: after))
        // When only one side has a filter, the comparison is complete.
        guard old.seccomp != nil, new.seccomp != nil else { return }
        let surface = ["C18", "C19"]
        // Architectures that are not listed are not allowed; without a list only the native one is.
        lists(
            "seccomp: calls of", Array(before.architectures), Array(after.architectures), more: .weaker, claims: surface
        )
        for flag in before.flags.symmetricDifference(after.flags).sorted() {
            let isNew = after.flags.contains(flag)
            // The only flag that weakens a filter (seccomp(2)): it disables the speculation mitigation.
            let opens = flag == "SECCOMP_FILTER_FLAG_SPEC_ALLOW"
            note(
                opens ? (isNew ? .weaker : .stronger) : .changed, "seccomp: \(flag)", isNew ? "no" : "yes",
                isNew ? "yes" : "no", surface)
        }
    }

    private mutating func tell(_ changes: [SystemCallFilter.Change]) {
        struct Kind: Hashable {
            let direction: HardeningDirection
            let before, after: String
            let claims: [String]
        }
        var order: [Kind] = []
        var calls: [Kind: [String]] = [:]
        for change in changes {
            let claims = change.call.map { self.claims.claims(on: $0, and: ["C18"]) } ?? ["C02", "C03", "C18", "C19"]
            let kind = Kind(direction: change.direction, before: change.before, after: change.after, claims: claims)
            if calls[kind] == nil { order.append(kind) }
            calls[kind, default: []].append(change.call ?? "every call without a rule")
        }
        for kind in order {
            let names = (calls[kind] ?? []).joined(separator: ", ")
            note(kind.direction, "seccomp: \(names)", kind.before, kind.after, kind.claims)
        }
    }
}
