// SPDX-License-Identifier: Apache-2.0

/// The destinations that were refused, with their number: bounded, because a container chooses them.
package struct RefusedDestinations: Hashable, Sendable {
    private static let mostDestinations = 64
    private static let mostShown = 5
    private static let mostProposed = 3
    private static let longestText = 80

    private struct Entry: Hashable, Sendable {
        var count = 0
        var isProposed: Bool
    }

    private var entries: [Destination: Entry] = [:]
    private var others = 0
    private var faults = 0

    /// No destination.
    package init() {}

    /// Adds a refused destination.
    package mutating func add(_ destination: Destination, _ refusal: NetworkRefusal) {
        guard entries[destination] != nil || entries.count < Self.mostDestinations else {
            others += 1
            return
        }
        entries[destination, default: Entry(isProposed: Self.isProposed(destination, refusal))].count += 1
    }

    /// Nobody should allow a service of the machine or its network because a container asked for it.
    private static func isProposed(_ destination: Destination, _ refusal: NetworkRefusal) -> Bool {
        if case .reserved = refusal { return false }
        guard case .name(let name) = destination.host else { return false }
        return name.text != NetworkRule.machineName && name.labelCount > 1
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
