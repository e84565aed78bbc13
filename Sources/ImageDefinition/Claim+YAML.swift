// SPDX-License-Identifier: Apache-2.0

import Claims
import Core

/// The treatment of names that no probe of this program has.
package enum ProbeRule: Sendable {
    /// Each name must be that of a probe: the definition belongs to this program.
    case known
    /// Other names are kept: the definition may belong to another version.
    case any
}

extension Claim {
    /// Parses an entry of `claims:`.
    init(_ node: DefinitionNode, probes rule: ProbeRule) throws(DefinitionError) {
        let claim = try node.fields(["id", "title", "proof", "probes", "tests"])
        let id = try claim.need("id").text(/C[0-9]{2}/, "'C' and two digits")
        let proof: Proof = try claim.need("proof").choice()
        var (probes, unknown): ([ProbeID], [String]) = ([], [])
        for name in try claim["probes"]?.list() ?? [] {
            let text = try name.text()
            if let probe = ProbeID(named: text) { probes.append(probe); continue }
            guard rule == .any else {
                let known = ProbeID.all.map(\.name)
                throw .unknownProbe(name.place, name: text, nearest: nearest(to: text, among: known))
            }
            unknown.append(text)
        }
        let tests = try claim["tests"]?.texts(/.+/, "the name of a test") ?? []
        let hasProbe = !probes.isEmpty || !unknown.isEmpty
        guard hasProbe || proof == .policy else { throw .wrongKind(node.place, key: id, needed: "proved by a probe") }
        guard hasProbe || !tests.isEmpty else {
            throw .wrongKind(node.place, key: id, needed: "proved by a probe or by a test of the program")
        }
        self.init(
            id: id, title: try claim.need("title").text(), proof: proof, probes: probes, unknownProbes: unknown,
            tests: tests)
    }
}
