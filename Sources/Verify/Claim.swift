// SPDX-License-Identifier: Apache-2.0

/// A claim of SECURITY.md and its proof (`claims:` of hardening.yaml).
package struct Claim: Hashable, Sendable {
    /// The kind of proof.
    package enum Proof: String, Codable, Sendable {
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
    /// The names of the probes that prove it.
    package let probes: [String]
    /// The tests of this program that prove it, as `Suite.function`, for claims that no container can show.
    package let tests: [String]

    /// Creates a claim from its parts.
    ///
    /// - Throws: `VerifyError.malformedClaim` when the ID has another form, or when a claim that is proved by probes
    ///   names none.
    package init(id: String, title: String, proof: Proof, probes: [String], tests: [String] = []) throws(VerifyError) {
        let digits = id.utf8.dropFirst()
        guard id.utf8.first == UInt8(ascii: "C"), digits.count == 2, digits.allSatisfy({ (48...57).contains($0) })
        else {
            throw .malformedClaim(id, reason: "its ID is not C and two digits")
        }
        guard proof == .policy || !probes.isEmpty else { throw .malformedClaim(id, reason: "it names no probe") }
        self.id = id
        self.title = title
        self.proof = proof
        self.probes = probes
        self.tests = tests
    }
}

extension Claim: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            id: container.decode(String.self, forKey: .id), title: container.decode(String.self, forKey: .title),
            proof: container.decode(Proof.self, forKey: .proof),
            probes: container.decodeIfPresent([String].self, forKey: .probes) ?? [],
            tests: container.decodeIfPresent([String].self, forKey: .tests) ?? [])
    }

    private enum CodingKeys: String, CodingKey { case id, title, proof, probes, tests }
}
