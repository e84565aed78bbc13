// SPDX-License-Identifier: Apache-2.0

import Engine

/// Compares two profiles field by field.
struct ProfileComparison {
    let profile: String
    let claims: ClaimIndex
    private(set) var changes: [HardeningChange] = []

    init(profile: String, claims: ClaimIndex) {
        self.profile = profile
        self.claims = claims
    }

    mutating func compare(_ old: HardeningProfile, _ new: HardeningProfile) throws {
        compare(old.capabilities, new.capabilities)
        flag("no-new-privileges", old.noNewPrivileges, new.noNewPrivileges, claims: ["C09"])
        try compareFilters(old, new)
        lists(
            "hidden", old.maskedPaths, new.maskedPaths, more: .stronger, claims: ["C19"])
        lists("read-only", old.readOnlyPaths, new.readOnlyPaths, more: .stronger, claims: ["C19"])
        flag("read-only-root", old.readOnlyRoot, new.readOnlyRoot, claims: ["C14", "C26"])
        flag("without sudo", !old.sudo, !new.sudo, claims: ["C10", "C26"])
        ordered("network", NetworkMode.ranks, old.network, new.network, claims: ["C03", "C05", "C06", "C26"])
        bound("limits.pids", old.limits.pids, new.limits.pids)
        bound("limits.memory", old.limits.memory, new.limits.memory)
        bound("limits.cpus", old.limits.cpus, new.limits.cpus)
        bound("limits.shared-memory", old.limits.sharedMemory, new.limits.sharedMemory)
        lists(
            "own namespaces", old.namespaces.map(\.rawValue), new.namespaces.map(\.rawValue), more: .stronger,
            claims: ["C02", "C03", "C05"])
        compareMemory(old, new)
    }

    mutating func note(
        _ direction: HardeningDirection, _ what: String, _ before: String, _ after: String, _ claims: [String]
    ) {
        changes.append(
            HardeningChange(
                direction: direction, profile: profile, what: what, before: before, after: after, claims: claims))
    }

    private mutating func compare(_ old: Set<Capability>, _ new: Set<Capability>) {
        for capability in Capability.allCases where old.contains(capability) != new.contains(capability) {
            let isNew = new.contains(capability)
            note(
                isNew ? .weaker : .stronger, "capability \(capability.rawValue)", isNew ? "dropped" : "held",
                isNew ? "held" : "dropped", claims.claims(on: capability.rawValue.lowercased(), and: ["C08", "C23"]))
        }
    }

    /// Compares a flag; `true` is stronger.
    mutating func flag(_ what: String, _ old: Bool, _ new: Bool, claims: [String]) {
        guard old != new else { return }
        note(new ? .stronger : .weaker, what, old ? "yes" : "no", new ? "yes" : "no", claims)
    }

    /// Compares lists; `more` is the direction of an additional item.
    mutating func lists(_ what: String, _ old: [String], _ new: [String], more: HardeningDirection, claims: [String]) {
        let less: HardeningDirection = more == .stronger ? .weaker : .stronger
        for item in Set(new).subtracting(old).sorted() { note(more, "\(what): \(item)", "no", "yes", claims) }
        for item in Set(old).subtracting(new).sorted() { note(less, "\(what): \(item)", "yes", "no", claims) }
    }

    /// Compares values in the order from strong to weak.
    private mutating func ordered<Value: Hashable & RawRepresentable<String>>(
        _ what: String, _ order: [Value], _ old: Value, _ new: Value, claims: [String]
    ) {
        guard old != new else { return }
        let isMore = (order.firstIndex(of: new) ?? order.count) > (order.firstIndex(of: old) ?? order.count)
        note(isMore ? .weaker : .stronger, what, old.rawValue, new.rawValue, claims)
    }

    /// Compares bounds; a lower bound is stronger, and no bound is the weakest.
    mutating func bound<Value: Comparable>(_ what: String, _ old: Value?, _ new: Value?) {
        guard old != new else { return }
        let isLower = new.map { new in old.map { new < $0 } ?? true } ?? false
        func words(_ value: Value?) -> String { value.map { "\($0)" } ?? "no limit" }
        note(isLower ? .stronger : .weaker, what, words(old), words(new), ["C26"])
    }
}

extension NetworkMode {
    /// From no network to the host's network.
    fileprivate static let ranks: [NetworkMode] = [.none, .full, .host]
}
