// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// Control groups of both versions (cgroups(7)): they are not writable, and the limits are set.
    static let controlGroups: [Probe] = [
        Probe(.controlGroup(.writable)) { _ in
            ProbeOutcome(list: hierarchies().filter { isWritable($0 + "/cgroup.procs") })
        },
        Probe(.controlGroup(.releaseAgent)) { _ in
            ProbeOutcome(list: hierarchies().filter { isWritable($0 + "/release_agent") })
        },
        Probe(.controlGroup(.devicesAllow)) { _ in
            ProbeOutcome(list: hierarchies().filter { isWritable($0 + "/devices.allow") })
        },
        Probe(.controlGroup(.pidsMax)) { _ in limit(["/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max"]) },
        Probe(.controlGroup(.memoryMax)) { _ in
            limit(["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"])
        },
        Probe(.controlGroup(.cpuMax)) { _ in limit(["/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"]) },
    ]

    private static let top = "/sys/fs/cgroup"

    /// The directory itself (version 2) and its mount points (version 1).
    private static func hierarchies() -> [String] { [top] + (names(in: top) ?? []).map { "\(top)/\($0)" } }

    private static func isWritable(_ path: String) -> Bool {
        guard case .ok = opening(path, O_WRONLY) else { return false }
        return true
    }

    private static func limit(_ places: [String]) -> ProbeOutcome {
        for place in places { if let line = lines(of: place)?.first { return .value(String(line)) } }
        return .value("no file")
    }
}
