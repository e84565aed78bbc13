// SPDX-License-Identifier: Apache-2.0

/// Root by sudo.
package enum SudoProbe: String, ProbeTopic {
    case aptInstall = "sudo.apt_install"
    case id = "sudo.id"
}

extension ProbeID {
    /// The probe of the topic.
    package static func sudo(_ probe: SudoProbe) -> ProbeID { ProbeID(probe) }
}
