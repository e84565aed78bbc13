// SPDX-License-Identifier: Apache-2.0

/// What is left after the end of a container.
package enum EndProbe: String, ProbeTopic {
    case cgroup = "end.cgroup"
    case container = "end.container"
    case mounts = "end.mounts"
    case scratch = "end.scratch"
}

extension ProbeID {
    /// The probe of the topic.
    package static func end(_ probe: EndProbe) -> ProbeID { ProbeID(probe) }
}
