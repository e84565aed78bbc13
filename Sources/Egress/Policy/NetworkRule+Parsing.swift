// SPDX-License-Identifier: Apache-2.0

import Core

extension NetworkRule {
    /// The rules of `words`, each a preset's name, a host, `*.domain`, `host:port`, or several of them between commas.
    ///
    /// - Throws: `EgressError`.
    package static func rules(_ words: [String]) throws(EgressError) -> [NetworkRule] {
        var rules: [NetworkRule] = []
        for word in words.flatMap({ $0.split(separator: ",") }) {
            let word = word.trimmingSpaces
            guard !word.isEmpty else { continue }
            for rule in try Self.rules(word) where !rules.contains(rule) { rules.append(rule) }
        }
        guard !rules.isEmpty else { throw .noRules }
        return rules
    }

    private static func rules(_ word: String) throws(EgressError) -> [NetworkRule] {
        if let preset = NetworkPreset.named(word) { return preset.rules }
        guard word.utf8.contains(where: { ".:".utf8.contains($0) }) else {
            let known = NetworkPreset.all.map(\.name)
            throw .unknownPreset(word, nearest: nearest(to: word.lowercased(), among: known), known: known)
        }
        return [try rule(word)]
    }

    private static func rule(_ word: String) throws(EgressError) -> NetworkRule {
        guard !word.contains("/"), !word.contains("@") else { throw .invalidRule(word, "a rule is a host, not a URL") }
        let isDomain = word.hasPrefix("*.")
        guard let parts = Destination.parts(of: word.dropFirst(isDomain ? 2 : 0)),
            let host = Destination.Host(parts.host), parts.isBracketed == Destination.needsBrackets(host)
        else { throw .invalidRule(word, Self.fault(of: word)) }
        let ports = try ports(parts.port.map(String.init), of: word)
        if isDomain { return NetworkRule(hosts: .below(try domain(host, of: word)), ports: ports, origin: .option) }
        if case .name(let name) = host, name.text == machineName, parts.port == nil {
            throw .uselessRule(word, "it needs the port of one service, as \(machineName):11434")
        }
        if let reason = Self.uselessness(of: host) { throw .uselessRule(word, reason) }
        return NetworkRule(hosts: .exact(host), ports: ports, origin: .option)
    }

    private static func ports(_ digits: String?, of word: String) throws(EgressError) -> [UInt16] {
        guard let digits else { return standardPorts }
        guard let port = Destination.port(digits) else { throw .invalidRule(word, "a port is from 1 to 65535") }
        return [port]
    }

    private static func domain(_ host: Destination.Host, of word: String) throws(EgressError) -> HostName {
        guard case .name(let domain) = host else { throw .uselessRule(word, "no name is below an address") }
        guard domain.text != machineName else { throw .uselessRule(word, "no name is below \(machineName)") }
        guard !PublicSuffix.contains(domain) else { throw .publicSuffix(word, domain.text) }
        return domain
    }

    /// Why no program of a container asks for `host`; `nil` when one can.
    private static func uselessness(of host: Destination.Host) -> String? {
        switch host {
        case .name(let name) where name.text == "localhost" || name.text.hasSuffix(".localhost"):
            "in the container it is the container itself; this machine is \(machineName):PORT"
        case .address(let address) where address.reservation == "a loopback address":
            "in the container it is the container itself; this machine is \(machineName):PORT"
        case .address(let address) where unreachable.contains(address.reservation ?? ""):
            "no connection can be made to \(address.reservation ?? "")"
        default: nil
        }
    }

    private static let unreachable: Set = ["an address of this network", "a multicast address"]

    private static func fault(of word: String) -> String {
        if !word.utf8.allSatisfy({ $0 < 128 }) { return "write an internationalized name with its xn-- labels" }
        if word.dropFirst().contains("*") { return "a wildcard is the whole first label, as *.example.com" }
        return word.utf8.count { $0 == UInt8(ascii: ":") } > 1
            ? "write an address of IPv6 in brackets" : "it is neither a host name nor an address"
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
