// SPDX-License-Identifier: Apache-2.0

/// Traces of another container that runs at the same time.
package enum PeerProbe: String, ProbeTopic {
    case processes = "peer.processes"
    case files = "peer.files"
    case network = "peer.network"
    case abstract = "peer.abstract"
    case memory = "peer.memory"
    case keyring = "peer.keyring"
}

extension ProbeID {
    /// The probe of the topic.
    package static func peer(_ probe: PeerProbe) -> ProbeID { ProbeID(probe) }
}
