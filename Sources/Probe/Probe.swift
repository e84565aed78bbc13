// SPDX-License-Identifier: Apache-2.0

/// One attempt at something that should, or should not, be possible in the container.
struct Probe: Sendable {
    /// Its name, the tie to the expectations of the stage `Verify`.
    let id: String
    /// Makes the attempt in a process of its own; what it changes ends with that process.
    let attempt: @Sendable (Setting) -> ProbeOutcome

    init(_ id: String, _ attempt: @escaping @Sendable (Setting) -> ProbeOutcome) {
        self.id = id
        self.attempt = attempt
    }
}

/// Every probe there is, in the order of the report.
enum ProbeCatalogue {
    static let all =
        identity + processes + gain + setID + capabilities + namespaces + mounts + systemCalls + kernelFiles
        + controlGroups + devices + network + image + workspace + peer + hostKeys
}

/// What the caller tells the probes about the container.
struct Setting: Sendable {
    /// A directory that every user may write to.
    private(set) var scratch = "/tmp"
    /// A copy of this program, owned by root and set-uid.
    private(set) var helper: String?
    /// Places that were mounted read-only.
    private(set) var readOnly: [String] = []
    /// Trees that the search for special files leaves out, because they are the user's own.
    private(set) var skipped: [String] = []
    /// The directory the user works in.
    private(set) var workspace: String?

    /// What another container of this image goes by, which must not be found from here.
    private(set) var peer: Peer?

    /// Where the other container is in its network.
    private(set) var peerAddresses: [IPv4Address] = []

    /// Whether to stay when all is done, as a container's first program that others look at.
    private(set) var waits = false

    /// Reads the arguments; `nil` when they are not understood.
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
            // The host tells processes by it.
            case "--mark": break
            case "--peer-address":
                guard let address = IPv4Address(value) else { return nil }
                peerAddresses.append(address)
            default: return nil
            }
        }
    }
}
