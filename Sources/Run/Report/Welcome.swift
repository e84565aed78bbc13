// SPDX-License-Identifier: Apache-2.0

/// The introduction at the first start.
package enum Welcome {
    /// Five lines about what is protected and what is not.
    ///
    /// - Parameter isOpen: Whether the container has network access.
    package static func lines(isOpen: Bool) -> [String] { isOpen ? lines : lines.map { $0 == open ? closed : $0 } }

    private static let open =
        "The network is open, so the agent can send away what it can read: `--network none` closes it."
    private static let closed = "The network is closed, so the agent can send nothing away: `--network full` opens it."
    private static let lines = [
        "The agent runs in a container. It sees this directory and none of your other files, keys or projects.",
        "It can change everything in this directory: commit often. Git hooks and git configuration are guarded.",
        open,
        "A container protects against accidents, not against an attacker with a kernel exploit.",
        "`opencode-docker verify` tests it on this machine; see SECURITY.md. (This message is shown only once.)",
    ]
}
