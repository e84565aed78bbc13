// SPDX-License-Identifier: Apache-2.0

/// The handling of host keys by the image's ssh client.
package enum HostKeyProbe: String, ProbeTopic {
    case firstContact = "ssh.first_contact"
    case changedKey = "ssh.changed_key"
    case githubKey = "ssh.github_key"
    case githubOther = "ssh.github_other"
}

extension ProbeID {
    /// The probe of the topic.
    package static func hostKey(_ probe: HostKeyProbe) -> ProbeID { ProbeID(probe) }
}
