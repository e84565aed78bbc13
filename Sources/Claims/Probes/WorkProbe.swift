// SPDX-License-Identifier: Apache-2.0

/// Operations that must work.
package enum WorkProbe: String, ProbeTopic {
    case fork = "work.fork"
    case chmod = "work.chmod"
    case socket = "work.socket"
}

extension ProbeID {
    /// The probe of the topic.
    package static func work(_ probe: WorkProbe) -> ProbeID { ProbeID(probe) }
}
