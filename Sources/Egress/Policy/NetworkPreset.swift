// SPDX-License-Identifier: Apache-2.0

/// A named group of rules: the public hosts of one service.
package struct NetworkPreset: Hashable, Sendable {
    /// The name, as written in `--allow`.
    package let name: String
    /// What it is for, in a few words.
    package let purpose: String
    /// The rules.
    package let rules: [NetworkRule]

    /// A preset of hosts, each `host` or `*.domain`, with the ports.
    ///
    /// - Parameter extra: Hosts with other ports.
    init(_ name: String, _ purpose: String, _ hosts: [String], ports: [UInt16] = [443], extra: [String: [UInt16]] = [:])
    {
        (self.name, self.purpose) = (name, purpose)
        let groups = extra.sorted { $0.key < $1.key } + hosts.map { ($0, ports) }
        rules = groups.compactMap { Self.rule($0, ports: $1, of: name) }
    }

    /// The preset with that name; `nil` without one.
    package static func named(_ name: String) -> NetworkPreset? { all.first { $0.name == name.lowercased() } }

    private static func rule(_ text: String, ports: [UInt16], of name: String) -> NetworkRule? {
        if text.hasPrefix("*.") {
            return HostName(text.dropFirst(2)).map { .init(hosts: .below($0), ports: ports, origin: .preset(name)) }
        }
        return HostName(text).map { .init(hosts: .exact(.name($0)), ports: ports, origin: .preset(name)) }
    }
}
