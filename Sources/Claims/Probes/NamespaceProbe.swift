// SPDX-License-Identifier: Apache-2.0

/// Attempts to make or enter a namespace (namespaces(7)).
package enum NamespaceProbe: String, ProbeTopic {
    case unshareUser = "ns.unshare_user"
    case unshareMnt = "ns.unshare_mnt"
    case unsharePid = "ns.unshare_pid"
    case unshareNet = "ns.unshare_net"
    case unshareIpc = "ns.unshare_ipc"
    case unshareUts = "ns.unshare_uts"
    case unshareCgroup = "ns.unshare_cgroup"
    case unshareTime = "ns.unshare_time"
    case cloneUser = "ns.clone_user"
    case clone3 = "ns.clone3"
    case setns = "ns.setns"
}

extension ProbeID {
    /// The probe of the topic.
    package static func namespace(_ probe: NamespaceProbe) -> ProbeID { ProbeID(probe) }
}
