// SPDX-License-Identifier: Apache-2.0

import Claims

/// The treatment of names that no probe of this program has.
package enum ProbeRule: Sendable {
    /// Each name must be that of a probe: the definition belongs to this program.
    case known
    /// Other names are kept: the definition may belong to another version.
    case any
}

extension Claim {
    /// Parses an entry of `claims:`.
    init(_ node: HardeningNode, probes rule: ProbeRule) throws {
        let claim = try node.mapping(required: ["id", "title", "proof"], optional: ["probes", "tests"])
        let id = try Self.id(try claim.value("id"))
        let proof: Proof = try claim.value("proof").choice()
        let names = try claim.optional("probes")?.sequence() ?? []
        var (probes, unknown): ([ProbeID], [String]) = ([], [])
        for name in names {
            let text = try name.text()
            if let probe = ProbeID(named: text) { probes.append(probe); continue }
            guard rule == .any else { throw Self.unknownProbe(text, at: name) }
            unknown.append(text)
        }
        let tests = try claim.optional("tests")?.sequence().map { try $0.text() } ?? []
        guard proof == .policy || !names.isEmpty else { throw node.error("the claim \(id) names no probe") }
        guard !names.isEmpty || !tests.isEmpty else {
            throw node.error("the claim \(id) names neither a probe nor a test of the program")
        }
        self.init(
            id: id, title: try claim.value("title").text(), proof: proof, probes: probes, unknownProbes: unknown,
            tests: tests)
    }

    private static func id(_ node: HardeningNode) throws -> String {
        let id = try node.text()
        let digits = id.utf8.dropFirst()
        guard id.utf8.first == UInt8(ascii: "C"), digits.count == 2, digits.allSatisfy({ (48...57).contains($0) })
        else { throw node.error("a claim's id is 'C' and two digits, not '\(id)'") }
        return id
    }

    private static func unknownProbe(_ name: String, at node: HardeningNode) -> HardeningError {
        let near = nearest(to: name, among: ProbeID.all.map(\.name))
        return node.error(
            "there is no probe '\(name)'" + (near.map { "; the nearest name is '\($0)'" } ?? ""),
            hint: near == nil ? "`opencode-docker-probe --list` lists those that run inside a container." : nil)
    }
}
