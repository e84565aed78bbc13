// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// What must be known of the machine before a container can be described to a runtime.
package struct HostFacts: Hashable, Sendable {
    /// How the machine's control groups are mounted.
    package var cgroups: CgroupLayout
    /// Whether this is root of a user namespace only: such a root cannot make control groups.
    package var rootless: Bool

    /// How many processors it could have; each one has counters in /sys that are hidden.
    package var processors: Int

    /// Facts as given.
    package init(cgroups: CgroupLayout, rootless: Bool, processors: Int = 1) {
        self.cgroups = cgroups
        self.rootless = rootless
        self.processors = processors
    }

    /// Whether limits of processes, memory and processors can be kept here.
    package var limitsApply: Bool { !rootless && cgroups != .absent }

    /// Whether an engine can keep limits here, as a report says it. One without root has control groups of its own only
    /// where systemd hands them over, in the unified hierarchy; and this program asks nobody for any.
    package func limits(of engine: EngineKind) -> String {
        if limitsApply || (engine != .embedded && cgroups == .unified) { return "kept" }
        return cgroups == .absent
            ? "not kept (no control groups)" : "not kept (an ordinary user has no control groups here)"
    }

    /// Reads the facts of this machine from `/proc/self`.
    ///
    /// - Throws: `FileError`.
    package static func current() throws -> HostFacts {
        let mounts = try Files.read("/proc/self/mountinfo", limit: 1 << 24)
        let map = try Files.read("/proc/self/uid_map", limit: 1 << 16)
        return HostFacts(
            cgroups: CgroupLayout(mountInfo: String(decoding: mounts, as: UTF8.self)),
            rootless: !isIdentity(uidMap: String(decoding: map, as: UTF8.self)),
            processors: max(1, sysconf(Int32(_SC_NPROCESSORS_CONF))))
    }

    /// Whether a `uid_map` (user_namespaces(7)) leaves every id as it is, as only the first user namespace does.
    package static func isIdentity(uidMap: String) -> Bool {
        uidMap.split(whereSeparator: \.isWhitespace).elementsEqual(["0", "0", "4294967295"])
    }
}

/// How control groups are mounted (cgroups(7)).
package enum CgroupLayout: String, Sendable, CaseIterable {
    /// One hierarchy for everything.
    case unified
    /// One hierarchy per controller.
    case legacy
    /// One hierarchy per controller, and a unified one without controllers beside them.
    case hybrid
    /// None.
    case absent

    /// Reads the layout from the text of `/proc/self/mountinfo` (proc(5)).
    package init(mountInfo: String) {
        var types: Set<Substring> = []
        for line in mountInfo.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 4, fields[4] == "/sys/fs/cgroup" || fields[4].hasPrefix("/sys/fs/cgroup/") else {
                continue
            }
            guard let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
            types.insert(fields[dash + 1])
        }
        self =
            switch (types.contains("cgroup"), types.contains("cgroup2")) {
            case (true, true): .hybrid
            case (true, false): .legacy
            case (false, true): .unified
            case (false, false): .absent
            }
    }
}
