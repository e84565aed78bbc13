// SPDX-License-Identifier: Apache-2.0

/// A claim of SECURITY.md and its proof (`claims:` of hardening.yaml).
package struct Claim: Hashable, Sendable {
    /// The kind of proof.
    package enum Proof: String, Codable, CaseIterable, Sendable {
        /// Probes of a running container.
        case probe
        /// Tests of this program, or the text itself; probes are optional.
        case policy
    }

    /// `C` and two digits, as in `<!-- claim: C03 -->`.
    package let id: String
    /// The claim in a few words.
    package let title: String
    /// The kind of proof.
    package let proof: Proof
    /// The probes that prove it.
    package let probes: [ProbeID]
    /// Names of probes that this program does not have: those of another version's definition. They prove nothing.
    package let unknownProbes: [String]
    /// The tests of this program that prove it, as `Suite.function`, for claims that no container can show.
    package let tests: [String]

    /// Creates a claim from validated parts.
    package init(
        id: String, title: String, proof: Proof, probes: [ProbeID], unknownProbes: [String] = [], tests: [String] = []
    ) {
        self.id = id
        self.title = title
        self.proof = proof
        self.probes = probes
        self.unknownProbes = unknownProbes
        self.tests = tests
    }

    /// The names of all its probes.
    package var probeNames: [String] { probes.map(\.name) + unknownProbes }
}
