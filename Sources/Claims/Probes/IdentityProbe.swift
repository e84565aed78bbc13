// SPDX-License-Identifier: Apache-2.0

/// The identity of a process and what it can read about users (credentials(7)).
package enum IdentityProbe: String, ProbeTopic {
    case uid = "id.uid"
    case gid = "id.gid"
    case groups = "id.groups"
    case nnp = "id.nnp"
    case seccomp = "id.seccomp"
    case seccompFilters = "id.seccomp_filters"
    case lsm = "id.lsm"
    case uidmap = "id.uidmap"
    case shadow = "id.shadow"
    case passwd = "id.passwd"
    case hostname = "id.hostname"
    case capinh = "id.capinh"
    case capprm = "id.capprm"
    case capeff = "id.capeff"
    case capbnd = "id.capbnd"
    case capamb = "id.capamb"
}

extension ProbeID {
    /// The probe of the topic.
    package static func identity(_ probe: IdentityProbe) -> ProbeID { ProbeID(probe) }
}
