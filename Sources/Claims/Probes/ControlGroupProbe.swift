// SPDX-License-Identifier: Apache-2.0

/// Files and limits of control groups (cgroups(7)).
package enum ControlGroupProbe: String, ProbeTopic {
    case writable = "cg.writable"
    case releaseAgent = "cg.release_agent"
    case devicesAllow = "cg.devices_allow"
    case pidsMax = "cg.pids_max"
    case memoryMax = "cg.memory_max"
    case cpuMax = "cg.cpu_max"
}

extension ProbeID {
    /// The probe of the topic.
    package static func controlGroup(_ probe: ControlGroupProbe) -> ProbeID { ProbeID(probe) }
}
