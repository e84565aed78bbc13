// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The facts of the machine that a container's configuration depends on.
package struct HostFacts: Hashable, Sendable {
    /// The layout of the machine's control groups.
    package var cgroups: CgroupLayout
    /// Whether this process is root of a user namespace only, which cannot create control groups.
    package var rootless: Bool

    /// The number of possible processors; each has counters in /sys that are masked.
    package var processors: Int

    /// Creates facts from given values.
    package init(cgroups: CgroupLayout, rootless: Bool, processors: Int = 1) {
        self.cgroups = cgroups
        self.rootless = rootless
        self.processors = processors
    }

    /// Whether limits of processes, memory and CPU can be enforced.
    package var limitsApply: Bool { !rootless && cgroups != .absent }

    /// Describes, for a report, whether an engine can enforce limits. A rootless one would need control groups that
    /// systemd delegates in the unified hierarchy; this program does not request any.
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

    /// Returns whether a `uid_map` (user_namespaces(7)) is the identity, as only in the initial user namespace.
    package static func isIdentity(uidMap: String) -> Bool {
        uidMap.split(whereSeparator: \.isWhitespace).elementsEqual(["0", "0", "4294967295"])
    }
}

/// The layout of control groups (cgroups(7)).
package enum CgroupLayout: String, Sendable, CaseIterable {
    /// Version 2: one hierarchy.
    case unified
    /// Version 1: one hierarchy per controller.
    case legacy
    /// One hierarchy per controller, and a unified one without controllers.
    case hybrid
    /// No control groups.
    case absent

    /// Parses the layout from the text of `/proc/self/mountinfo` (proc(5)).
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
