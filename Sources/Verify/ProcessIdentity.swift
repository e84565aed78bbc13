// SPDX-License-Identifier: Apache-2.0

/// The UIDs, GIDs and privileges of a process, from `/proc/<pid>/status` (proc(5)).
package struct ProcessIdentity: Hashable, Sendable {
    /// The real, effective, saved and file system UID.
    package var userIDs: [UInt32]
    /// The real, effective, saved and file system GID.
    package var groupIDs: [UInt32]
    /// The supplementary groups.
    package var groups: [UInt32]
    /// The capability sets by their line names without `Cap`: `Inh`, `Prm`, `Eff`, `Bnd`, `Amb`.
    package var capabilities: [String: UInt64]
    /// Whether no-new-privileges is set.
    package var noNewPrivileges: Bool
    /// The seccomp mode; 2 is a filter.
    package var seccomp: Int

    private static let sets = ["Inh", "Prm", "Eff", "Bnd", "Amb"]

    /// Creates an identity from its parts.
    private init(
        userIDs: [UInt32], groupIDs: [UInt32], groups: [UInt32], capabilities: [String: UInt64], noNewPrivileges: Bool,
        seccomp: Int
    ) {
        self.userIDs = userIDs
        self.groupIDs = groupIDs
        self.groups = groups
        self.capabilities = capabilities
        self.noNewPrivileges = noNewPrivileges
        self.seccomp = seccomp
    }

    /// The container's user in every profile: no capability except in the bounding set, no-new-privileges, a seccomp
    /// filter.
    package init(userID: UInt32, groupID: UInt32, bounding: UInt64) {
        self.init(
            userIDs: Array(repeating: userID, count: 4), groupIDs: Array(repeating: groupID, count: 4), groups: [],
            capabilities: ["Inh": 0, "Prm": 0, "Eff": 0, "Bnd": bounding, "Amb": 0], noNewPrivileges: true, seccomp: 2)
    }

    /// Parses a `status` file; `nil` when a line is missing or malformed. The kernel escapes newlines in the process
    /// name, so a process cannot forge a line.
    package init?(status: String, users: IdentifierMap = .identity, groups map: IdentifierMap = .identity) {
        var fields: [Substring: [Substring]] = [:]
        for line in status.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = line[line.index(after: colon)...].split { $0 == "\t" || $0 == " " }
        }
        func numbers(_ name: Substring, _ map: IdentifierMap) -> [UInt32]? {
            fields[name].map { $0.compactMap { UInt32($0) }.map(map.inside) }
        }
        guard let userIDs = numbers("Uid", users), let groupIDs = numbers("Gid", map), userIDs.count == 4,
            groupIDs.count == 4, let seccomp = fields["Seccomp"]?.first.flatMap({ Int($0) }),
            let privileges = fields["NoNewPrivs"]?.first
        else { return nil }
        let sets = Self.sets.compactMap { set in
            fields["Cap\(set)"]?.first.flatMap { UInt64($0, radix: 16) }.map { (set, $0) }
        }
        guard sets.count == Self.sets.count else { return nil }
        self.init(
            userIDs: userIDs, groupIDs: groupIDs,
            groups: Set(numbers("Groups", map) ?? []).subtracting(groupIDs).sorted(),
            capabilities: Dictionary(uniqueKeysWithValues: sets), noNewPrivileges: privileges == "1", seccomp: seccomp)
    }

    /// The privileges that no process of the container may have; empty for a correct process.
    ///
    /// - Parameters:
    ///   - bounding: The capabilities of the profile.
    ///   - rootIsAllowed: Whether a process may be root at all.
    package func excess(over bounding: UInt64, rootIsAllowed: Bool) -> [Surplus] {
        let isRoot = userIDs.contains(0)
        let limits = ["Inh": 0, "Amb": 0, "Bnd": bounding, "Prm": isRoot ? bounding : 0, "Eff": isRoot ? bounding : 0]
        let surplus = Self.sets.compactMap { set -> Surplus? in
            let more = (capabilities[set] ?? 0) & ~(limits[set] ?? 0)
            let isRoots = (set == "Prm" || set == "Eff") && more & ~bounding == 0
            return more == 0 ? nil : Surplus("Cap\(set) \(String(more, radix: 16))", mayPass: isRoots)
        }
        return (isRoot && !rootIsAllowed ? [Surplus("root")] : []) + surplus
            + (noNewPrivileges ? [] : [Surplus("NoNewPrivs 0")])
            // 3 is a process that is being killed by its filter (SECCOMP_MODE_DEAD, Linux 5.17).
            + ([2, 3].contains(seccomp) ? [] : [Surplus("Seccomp \(seccomp)")])
    }
}

/// A privilege that a process has and should not have.
package struct Surplus: Hashable, Sendable, CustomStringConvertible {
    /// The name of the line in `/proc/<pid>/status`, and the excess.
    package let description: String
    /// Whether a process may have it briefly: a process that changes from root to the user keeps its capabilities until
    /// it drops them itself (PR_SET_KEEPCAPS, as setpriv(1) does).
    package let mayPass: Bool

    /// Creates a surplus, by default one that is never acceptable.
    package init(_ description: String, mayPass: Bool = false) {
        self.description = description
        self.mayPass = mayPass
    }
}

extension ProcessIdentity: CustomStringConvertible {
    package var description: String {
        let sets = Self.sets.map { "\($0.lowercased()) \(String(capabilities[$0] ?? 0, radix: 16))" }
        let others = groups.isEmpty ? [] : ["groups \(Self.text(groups))"]
        return
            (["uid \(Self.text(userIDs))", "gid \(Self.text(groupIDs))"] + others + sets + [
                "nnp \(noNewPrivileges ? 1 : 0)", "seccomp \(seccomp)",
            ]).joined(separator: " ")
    }

    /// One number when all are equal.
    private static func text(_ numbers: [UInt32]) -> String {
        Set(numbers).count == 1 ? String(numbers[0]) : numbers.map(String.init).joined(separator: "/")
    }
}

/// Maps the UIDs or GIDs of a user namespace to those inside of it (user_namespaces(7)).
package struct IdentifierMap: Hashable, Sendable {
    private struct Range: Hashable {
        var inside: UInt64
        var outside: UInt64
        var count: UInt64
    }

    private let ranges: [Range]?

    /// The identity mapping.
    package static let identity = IdentifierMap(ranges: nil)

    private init(ranges: [Range]?) { self.ranges = ranges }

    /// Parses a `uid_map` or a `gid_map`: lines of the first ID inside, the first outside, and the count.
    package init(_ text: String) {
        ranges = text.split(separator: "\n").compactMap { line in
            let numbers = line.split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) }
            return numbers.count == 3 ? Range(inside: numbers[0], outside: numbers[1], count: numbers[2]) : nil
        }
    }

    /// The ID inside; the overflow ID (65534) for an unmapped one.
    package func inside(_ number: UInt32) -> UInt32 {
        guard let ranges else { return number }
        let wanted = UInt64(number)
        guard let range = ranges.first(where: { wanted >= $0.outside && wanted - $0.outside < $0.count }) else {
            return 65534
        }
        return UInt32(truncatingIfNeeded: wanted - range.outside + range.inside)
    }
}
