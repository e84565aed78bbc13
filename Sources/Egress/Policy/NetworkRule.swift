// SPDX-License-Identifier: Apache-2.0

/// A rule that allows hosts and ports.
package struct NetworkRule: Hashable, Sendable {
    /// The hosts of a rule.
    package enum Hosts: Hashable, Sendable {
        /// One host.
        case exact(Destination.Host)
        /// All names below a domain, at any depth, and not the domain itself.
        case below(HostName)
    }

    /// The origin of a rule.
    package enum Origin: Hashable, Sendable {
        /// A preset, by its name.
        case preset(String)
        /// An option, or its environment variable.
        case option
    }

    /// The ports of a rule that names none: HTTP and HTTPS.
    package static let standardPorts: [UInt16] = [80, 443]
    /// The name of the machine outside, for a rule with a port: its loopback addresses.
    package static let machineName = "host.internal"

    /// The hosts.
    package let hosts: Hosts
    /// The ports.
    package let ports: [UInt16]
    /// The origin.
    package let origin: Origin

    /// Whether the rule allows `destination`.
    package func allows(_ destination: Destination) -> Bool {
        ports.contains(destination.port) && covers(destination.host)
    }

    /// Whether the rule is about `host`, with any port.
    package func covers(_ host: Destination.Host) -> Bool {
        switch (hosts, host) {
        case (.exact(let own), _): own == host
        case (.below(let domain), .name(let name)): name.isBelow(domain)
        case (.below, .address): false
        }
    }

    /// Whether the caller named this one host: then it may also be a private one.
    package var namesHost: Bool {
        if case .exact = hosts { return origin == .option }
        return false
    }

    /// The rule in the notation of `--allow`, with one port per rule.
    package var text: String {
        let host =
            switch hosts {
            case .exact(let host): host.text
            case .below(let domain): "*.\(domain.text)"
            }
        if ports == Self.standardPorts { return host }
        return ports.map { "\(host):\($0)" }.joined(separator: ",")
    }
}
