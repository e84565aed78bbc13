// SPDX-License-Identifier: Apache-2.0

/// Attempts to gain privileges (credentials(7), capabilities(7)).
package enum GainProbe: String, ProbeTopic {
    case setUserIDHelper = "nnp.setuid"
    case setuid0 = "gain.setuid0"
    case setresuid0 = "gain.setresuid0"
    case setgid0 = "gain.setgid0"
    case setgroups = "gain.setgroups"
    case capset = "gain.capset"
    case boundingDrop = "gain.bounding_drop"
    case securebits = "gain.securebits"
    case ambient = "gain.ambient"
    case setfcap = "gain.setfcap"
    case writePasswd = "gain.write_passwd"
    case writeBin = "gain.write_bin"
    case ldPreload = "gain.ld_preload"
}

extension ProbeID {
    /// The probe of the topic.
    package static func gain(_ probe: GainProbe) -> ProbeID { ProbeID(probe) }
}
