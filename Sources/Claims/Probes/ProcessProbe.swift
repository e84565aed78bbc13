// SPDX-License-Identifier: Apache-2.0

/// All processes of the container, read from /proc (proc(5)).
package enum ProcessProbe: String, ProbeTopic {
    case pid1 = "proc.pid1"
    case pid1Uid = "proc.pid1_uid"
    case pid1Capeff = "proc.pid1_capeff"
    case pid1Environ = "proc.pid1_environ"
    case capbnd = "proc.capbnd"
    case capprm = "proc.capprm"
    case capinh = "proc.capinh"
    case capamb = "proc.capamb"
    case nnp = "proc.nnp"
    case seccomp = "proc.seccomp"
    case foreign = "proc.foreign"
}

extension ProbeID {
    /// The probe of the topic.
    package static func process(_ probe: ProcessProbe) -> ProbeID { ProbeID(probe) }
}
