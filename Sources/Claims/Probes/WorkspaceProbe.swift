// SPDX-License-Identifier: Apache-2.0

/// The workspace.
package enum WorkspaceProbe: String, ProbeTopic {
    case write = "ws.write"
    case commit = "git.commit"
    case owner = "ws.owner"
}

extension ProbeID {
    /// The probe of the topic.
    package static func workspace(_ probe: WorkspaceProbe) -> ProbeID { ProbeID(probe) }
}
