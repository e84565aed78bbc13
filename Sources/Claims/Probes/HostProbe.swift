// SPDX-License-Identifier: Apache-2.0

/// Processes of the container as the host sees them, with the probe and without it.
package enum HostProbe: String, ProbeTopic {
    case capamb = "host.capamb"
    case capbnd = "host.capbnd"
    case capeff = "host.capeff"
    case capinh = "host.capinh"
    case excess = "host.excess"
    case exec = "host.exec"
    case first = "host.first"
    case nnp = "host.nnp"
    case nsCgroup = "host.ns_cgroup"
    case nsIpc = "host.ns_ipc"
    case nsMnt = "host.ns_mnt"
    case nsNet = "host.ns_net"
    case nsPid = "host.ns_pid"
    case nsUser = "host.ns_user"
    case nsUts = "host.ns_uts"
    case peerNs = "host.peer_ns"
    case plainDifference = "host.plain_difference"
    case plainExcess = "host.plain_excess"
    case plainExec = "host.plain_exec"
    case plainFirst = "host.plain_first"
    case plainUser = "host.plain_user"
    case seccomp = "host.seccomp"
    case user = "host.user"
}

extension ProbeID {
    /// The probe of the topic.
    package static func host(_ probe: HostProbe) -> ProbeID { ProbeID(probe) }
}
