// SPDX-License-Identifier: Apache-2.0

import Egress

/// The introduction at the first start.
package enum Welcome {
    /// Five lines about what is protected and what is not.
    ///
    /// - Parameter network: The network access of the container.
    package static func lines(_ network: NetworkPolicy) -> [String] {
        let line =
            switch network {
            case .full: open
            case .none: closed
            case .allow: listed
            }
        return lines.map { $0 == open ? line : $0 }
    }

    private static let open =
        "The network is open, so the agent can send away what it can read: `--network none` closes it."
    private static let closed = "The network is closed, so the agent can send nothing away: `--network full` opens it."
    private static let listed =
        "The agent can send what it can read to the hosts of --allow alone: they are hosts that you trust."
    private static let lines = [
        "The agent runs in a container. It sees this directory and none of your other files, keys or projects.",
        "It can change everything in this directory: commit often. Git hooks and git configuration are guarded.",
        open,
        "A container protects against accidents, not against an attacker with a kernel exploit.",
        "`opencode-docker verify` tests it on this machine; see SECURITY.md. (This message is shown only once.)",
    ]
}
