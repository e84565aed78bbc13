// SPDX-License-Identifier: Apache-2.0

import Claims

/// One attempt at an operation that the container should allow or deny.
struct Probe: Sendable {
    /// The name.
    let id: ProbeID
    /// Makes the attempt, in a process of its own; its changes end with that process.
    let attempt: @Sendable (Setting) -> ProbeOutcome

    init(_ id: ProbeID, _ attempt: @escaping @Sendable (Setting) -> ProbeOutcome) {
        self.id = id
        self.attempt = attempt
    }
}

/// All probes, in the order of the report.
enum ProbeCatalogue {
    static let all =
        identity + processes + gain + setID + capabilities + namespaces + mounts + systemCalls + kernelFiles
        + controlGroups + devices + network + image + workspace + peer + hostKeys
}

/// The caller's information about the container.
struct Setting: Sendable {
    /// A directory that every user can write to.
    private(set) var scratch = "/tmp"
    /// A copy of this program that is set-uid root.
    private(set) var helper: String?
    /// Paths that are mounted read-only.
    private(set) var readOnly: [String] = []
    /// Trees that the search for special files skips, because they are the user's own.
    private(set) var skipped: [String] = []
    /// The user's workspace directory.
    private(set) var workspace: String?

    /// The peer container, whose traces must not be found.
    private(set) var peer: Peer?

    /// The peer's addresses in its network.
    private(set) var peerAddresses: [IPv4Address] = []

    /// Whether the process stays alive after the last probe, as a container's first process that others inspect.
    private(set) var waits = false

    /// Parses the arguments; `nil` when they are invalid.
    init?(_ arguments: ArraySlice<String>) {
        var rest = arguments
        while let name = rest.popFirst() {
            if name == "--wait" {
                waits = true
                continue
            }
            guard let value = rest.popFirst() else { return nil }
            switch name {
            case "--scratch": scratch = value
            case "--helper": helper = value
            case "--read-only": readOnly.append(value)
            case "--skip-tree": skipped.append(value)
            case "--workspace": workspace = value
            case "--peer": peer = Peer(token: value)
            // The host identifies processes by this argument.
            case "--mark": break
            case "--peer-address":
                guard let address = IPv4Address(value) else { return nil }
                peerAddresses.append(address)
            default: return nil
            }
        }
    }
}
