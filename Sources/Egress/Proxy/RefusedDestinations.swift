// SPDX-License-Identifier: Apache-2.0

/// The destinations that were refused, with their number: bounded, because a container chooses them.
package struct RefusedDestinations: Hashable, Sendable {
    private static let mostDestinations = 64
    private static let mostShown = 5
    private static let mostProposed = 3
    private static let longestText = 80

    /// Top-level domains of private networks and clouds (RFC 6762, appendix G; RFC 8375; ICANN's reservation of `internal`).
    private static let privateDomains: Set = [
        "arpa", "corp", "home", "internal", "intranet", "lan", "local", "localdomain", "localhost", "private",
    ]

    private struct Entry: Hashable, Sendable {
        var count = 0
        /// The count, plus that of the entry whose place it took.
        var weight: Int
        var isProposed: Bool
    }

    private var entries: [Destination: Entry] = [:]
    private var others = 0
    private var faults = 0

    /// No destination.
    package init() {}

    /// Adds a refused destination.
    package mutating func add(_ destination: Destination, _ refusal: NetworkRefusal) {
        if entries[destination] == nil {
            let weight = entries.count < Self.mostDestinations ? 0 : dropLightest()
            entries[destination] = Entry(weight: weight, isProposed: Self.isProposed(destination, refusal))
        }
        entries[destination]?.count += 1
        entries[destination]?.weight += 1
    }

    /// Makes room, and returns the weight of what was there: by the algorithm Space-Saving (Metwally, Agrawal, El Abbadi,
    /// 2005), a flood of names does not hide one that is asked for again and again.
    private mutating func dropLightest() -> Int {
        guard let lightest = entries.min(by: { $0.value.weight < $1.value.weight }) else { return 0 }
        others += lightest.value.count
        entries[lightest.key] = nil
        return lightest.value.weight
    }

    /// Whether to propose a rule: nobody should allow a service of the machine or its network because a container asked
    /// for it.
    package static func isProposed(_ destination: Destination, _ refusal: NetworkRefusal) -> Bool {
        if case .reserved = refusal { return false }
        guard case .name(let name) = destination.host else { return false }
        let domain = name.text.split(separator: ".").last.map(String.init) ?? ""
        return name.labelCount > 1 && !Self.privateDomains.contains(domain)
    }

    /// Adds a request that could not be read.
    package mutating func addFault() { faults += 1 }

    /// The lines of the report, the most frequent destinations first; empty without any.
    package var lines: [String] {
        let sorted = entries.sorted { ($1.value.count, $0.key.text) < ($0.value.count, $1.key.text) }
        let shown = sorted.prefix(Self.mostShown)
        let rest = sorted.dropFirst(Self.mostShown).reduce(others) { $0 + $1.value.count }
        let parts =
            shown.map { "\($0.value.count) × \(Self.short($0.key.text))" } + (rest > 0 ? ["\(rest) × others"] : [])
            + (faults > 0 ? ["\(faults) × invalid requests"] : [])
        guard !parts.isEmpty else { return [] }
        let proposed = shown.filter { $0.value.isProposed && $0.key.text.utf8.count <= Self.longestText }
            .prefix(Self.mostProposed).map(\.key.text)
        let proposal =
            proposed.isEmpty
            ? [] : ["To allow the next time what you trust: --allow \(proposed.joined(separator: ","))"]
        return ["refused: \(parts.joined(separator: ", "))"] + proposal
    }

    private static func short(_ text: String) -> String {
        text.utf8.count <= longestText ? text : text.prefix(longestText / 2) + "…" + text.suffix(longestText / 2)
    }
}
