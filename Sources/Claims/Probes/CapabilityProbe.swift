// SPDX-License-Identifier: Apache-2.0

/// An operation for each capability (capabilities(7)).
package enum CapabilityProbe: String, ProbeTopic {
    case chown = "cap.chown"
    case fowner = "cap.fowner"
    case setuid = "cap.setuid"
    case setgid = "cap.setgid"
    case auditWrite = "cap.audit_write"
    case dacOverride = "cap.dac_override"
    case dacReadSearch = "cap.dac_read_search"
    case kill = "cap.kill"
    case mknod = "cap.mknod"
    case netAdmin = "cap.net_admin"
    case netRaw = "cap.net_raw"
    case netPacket = "cap.net_packet"
    case syslog = "cap.syslog"
    case sysChroot = "cap.sys_chroot"
    case sysModule = "cap.sys_module"
    case sysNice = "cap.sys_nice"
    case sysNicePriority = "cap.sys_nice_priority"
    case sysResource = "cap.sys_resource"
    case sysAdminHostname = "cap.sys_admin_hostname"
    case sysPtrace = "cap.sys_ptrace"
}

extension ProbeID {
    /// The probe of the topic.
    package static func capability(_ probe: CapabilityProbe) -> ProbeID { ProbeID(probe) }
}
