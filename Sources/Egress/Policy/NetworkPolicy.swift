// SPDX-License-Identifier: Apache-2.0

/// The network access of a container.
package enum NetworkPolicy: Hashable, Sendable {
    /// Its own loopback interface alone.
    case none
    /// Its own loopback interface, and outside of it what one of the rules allows.
    case allow([NetworkRule])
    /// Everything that the machine reaches.
    case full

    /// The name, as in `--network`.
    package var name: String {
        switch self {
        case .none: "none"
        case .allow: "allow"
        case .full: "full"
        }
    }

    /// The rules of a list; empty for the others.
    package var rules: [NetworkRule] {
        if case .allow(let rules) = self { return rules }
        return []
    }

    /// The decision about `destination`.
    package func decision(for destination: Destination) -> NetworkDecision {
        switch self {
        case .none: return .refused(.closed)
        case .full: return .open
        case .allow(let rules):
            let fitting = rules.filter { $0.allows(destination) }
            // A rule that names the host allows more than one that covers it.
            if let rule = fitting.first(where: \.namesHost) ?? fitting.first { return .allowed(by: rule) }
            let ports = Set(rules.filter { $0.covers(destination.host) }.flatMap(\.ports)).sorted()
            return .refused(ports.isEmpty ? .noRule : .otherPort(ports))
        }
    }
}

/// The decision of a policy about a destination.
package enum NetworkDecision: Hashable, Sendable {
    /// The network is open.
    case open
    /// A rule allows it.
    case allowed(by: NetworkRule)
    /// It is refused.
    case refused(NetworkRefusal)
}

/// Why a destination is refused.
package enum NetworkRefusal: Hashable, Sendable {
    /// There is no network.
    case closed
    /// No rule is about the host.
    case noRule
    /// Rules are about the host, with these ports.
    case otherPort([UInt16])
    /// The name leads to an address that no name of the public DNS should have.
    case reserved(IPAddress)

    /// The reason, for the end of a sentence.
    package var text: String {
        switch self {
        case .closed: "there is no network"
        case .noRule: "no rule allows the host"
        case .otherPort(let ports):
            "the rules allow the host with \(ports.count == 1 ? "port" : "the ports") "
                + ports.map(String.init).joined(separator: ", ")
        case .reserved(let address):
            "its name leads to \(address.text), \(address.reservation ?? "an address of this machine")"
        }
    }
}
