// SPDX-License-Identifier: Apache-2.0

/// A token that was passed as credentials are, and the places where it must not be.
package enum SecretProbe: String, ProbeTopic {
    case git = "secret.git"
    case image = "secret.image"
    case logs = "secret.logs"
    case planted = "secret.planted"
    case processes = "secret.processes"
    case state = "secret.state"
}

extension ProbeID {
    /// The probe of the topic.
    package static func secret(_ probe: SecretProbe) -> ProbeID { ProbeID(probe) }
}
