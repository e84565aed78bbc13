// SPDX-License-Identifier: Apache-2.0

/// The direction of a change.
package enum HardeningDirection: String, Hashable, Codable, CaseIterable, Sendable {
    /// Permits more, or hides less.
    case weaker
    /// Permits less, or hides more.
    case stronger
    /// Cannot be ordered.
    case changed
}

extension SystemCallFilter {
    /// A system call that the two filters treat differently.
    package struct Change: Hashable, Sendable {
        /// The system call; `nil` for all calls without a rule.
        package let call: String?
        /// The direction of the change.
        package let direction: HardeningDirection
        /// A description of the old treatment.
        package let before: String
        /// A description of the new treatment.
        package let after: String
    }

    /// The differences of `new`, sorted by system call. A call whose argument conditions changed can be weaker and
    /// stronger at the same time.
    package static func changes(from old: SystemCallFilter, to new: SystemCallFilter) -> [Change] {
        let names = Set(old.calls.keys).union(new.calls.keys).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let rest = Access(otherwise: old.otherwise, cases: [:])
        return changes(nil, rest, Access(otherwise: new.otherwise, cases: [:]))
            + names.flatMap { changes($0, old.access(to: $0), new.access(to: $0)) }
    }

    private static func changes(_ call: String?, _ old: Access, _ new: Access) -> [Change] {
        guard old != new else { return [] }
        return directions(old, new).map { Change(call: call, direction: $0, before: old.words, after: new.words) }
    }

    private static func directions(_ old: Access, _ new: Access) -> [HardeningDirection] {
        var found: [HardeningDirection] = []
        switch (old.otherwise.permits, new.otherwise.permits) {
        case (false, true): return [.weaker]
        case (true, false):
            // Arguments that were refused could be allowed now; the two sets of conditions cannot be compared.
            let doubtful = !old.exceptions.isEmpty && !new.exceptions.isEmpty
            return doubtful ? [.weaker, .stronger] : [.stronger]
        case (false, false):
            if !old.covers(new) { found.append(.weaker) }
            if !new.covers(old) { found.append(.stronger) }
        case (true, true):
            if !new.covers(old) { found.append(.weaker) }
            if !old.covers(new) { found.append(.stronger) }
        }
        return found.isEmpty ? [.changed] : found
    }
}

extension SystemCallFilter.Access {
    /// The argument conditions with the opposite treatment of the default.
    var exceptions: [Set<SystemCallFilter.Comparison>] {
        cases.filter { $0.value.permits != otherwise.permits }.map(\.key)
    }

    /// Returns whether each exception of `other` is included in one of these: the same comparisons, or more of them.
    func covers(_ other: Self) -> Bool {
        other.exceptions.allSatisfy { theirs in exceptions.contains { $0.isSubset(of: theirs) } }
    }

    var words: String {
        let how = exceptions.map { $0.map(\.words).sorted().joined(separator: " and ") }.sorted()
        if how.isEmpty { return otherwise.words }
        return otherwise.permits
            ? "\(otherwise.words) unless \(how.joined(separator: ", or "))"
            : "allowed if \(how.joined(separator: ", or "))"
    }
}

extension SystemCallFilter.Action {
    var words: String {
        switch name {
        case "SCMP_ACT_ALLOW": "allowed"
        case "SCMP_ACT_LOG": "allowed and logged"
        case "SCMP_ACT_ERRNO": "refused (error \(errno ?? 1))"
        case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS": "killed"
        default: name
        }
    }
}

extension SystemCallFilter.Comparison {
    var words: String {
        func hex(_ number: UInt64) -> String { number < 10 ? "\(number)" : "0x" + String(number, radix: 16) }
        let argument = "argument \(index)"
        switch op {
        case "SCMP_CMP_EQ": return "\(argument) is \(hex(value))"
        case "SCMP_CMP_NE": return "\(argument) is not \(hex(value))"
        case "SCMP_CMP_LT": return "\(argument) < \(hex(value))"
        case "SCMP_CMP_LE": return "\(argument) <= \(hex(value))"
        case "SCMP_CMP_GT": return "\(argument) > \(hex(value))"
        case "SCMP_CMP_GE": return "\(argument) >= \(hex(value))"
        case "SCMP_CMP_MASKED_EQ": return "\(argument) & \(hex(value)) is \(hex(valueTwo))"
        default: return "\(argument) \(op) \(hex(value))"
        }
    }
}
