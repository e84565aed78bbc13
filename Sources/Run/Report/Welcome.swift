// SPDX-License-Identifier: Apache-2.0

/// What a user is told at the first start, and never again.
package enum Welcome {
    /// Five lines: what is protected, and what is not.
    ///
    /// - Parameter isOpen: Whether the container has a network.
    package static func lines(isOpen: Bool) -> [String] { isOpen ? lines : lines.map { $0 == open ? closed : $0 } }

    private static let open =
        "The network is open, so what it can read it can also send away: `--network none` closes it."
    private static let closed = "The network is closed: what it reads stays here. `--network full` opens it."
    private static let lines = [
        "The agent works in a container. It sees this directory, and nothing else of your files; no key, no other project.",
        "It can change everything in this directory: commit often. Git hooks and git configuration are guarded.",
        open,
        "A container is a wall against accidents, not against an attacker who knows a hole in the kernel.",
        "`opencode-docker verify` proves the wall on this machine; SECURITY.md says it all. (This is said only once.)",
    ]
}
