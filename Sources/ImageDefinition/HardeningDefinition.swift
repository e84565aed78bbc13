// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import SystemPackage

/// The contents of `image/hardening.yaml`: the profiles and the claims about them.
package struct HardeningDefinition: Hashable, Sendable {
    /// The profiles by name.
    package let profiles: [String: HardeningProfile]
    /// The claims, in the order of the file.
    package let claims: [ClaimDefinition]
    /// The digest of the file and of its system call filters: equal digests mean equal containers.
    package let digest: Digest

    /// Creates a definition from its parts, without files; the digest covers only the names of the parts.
    package init(profiles: [String: HardeningProfile], claims: [ClaimDefinition]) {
        self.init(
            profiles: profiles, claims: claims,
            digest: Digest(of: Array((profiles.keys.sorted() + claims.map(\.id)).joined(separator: "\n").utf8)))
    }

    private init(profiles: [String: HardeningProfile], claims: [ClaimDefinition], digest: Digest) {
        self.profiles = profiles
        self.claims = claims
        self.digest = digest
    }

    /// Reads `hardening.yaml` and its filters from `imageDirectory`.
    ///
    /// - Throws: `HardeningError` with the line and the column; `FileError`.
    package static func load(_ imageDirectory: FilePath) throws -> HardeningDefinition {
        try load(file: imageDirectory.appending("hardening.yaml"), named: "image/hardening.yaml")
    }

    /// Reads a hardening definition with any name, and its filters from the same directory. `name` identifies the file
    /// in errors.
    ///
    /// - Throws: `HardeningError` with the line and the column; `FileError`.
    package static func load(file: FilePath, named name: String) throws -> HardeningDefinition {
        let bytes = try Files.read(file, limit: 1 << 20)
        var filters: [String: [UInt8]] = [:]
        do {
            let (profiles, claims) = try parse(try HardeningNode(yaml: bytes)) { name in
                if let known = filters[name] { return known }
                let filter = try Files.read(file.removingLastComponent().appending(name), limit: 1 << 22)
                filters[name] = filter
                return filter
            }
            return HardeningDefinition(profiles: profiles, claims: claims, digest: digest(of: bytes, filters))
        } catch let error as HardeningError {
            throw error.in(name)
        }
    }

    private static func digest(of file: [UInt8], _ filters: [String: [UInt8]]) -> Digest {
        let names = filters.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let lines = ["\(Digest(of: file)) hardening.yaml"] + names.map { "\(Digest(of: filters[$0] ?? [])) \($0)" }
        return Digest(of: Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    private static func parse(
        _ root: HardeningNode, readFilter: (String) throws -> [UInt8]
    ) throws -> ([String: HardeningProfile], [ClaimDefinition]) {
        let file = try root.mapping(required: ["version", "profiles", "claims"])
        let version = try file.value("version")
        guard try version.integer(in: 1...Int.max) == 1 else { throw version.error("this program reads version 1") }
        let entries = try file.value("profiles").entries()
        guard entries.contains(where: { $0.name == "standard" }) else {
            throw try file.value("profiles").error("there is no profile 'standard'")
        }
        let profiles = try entries.map { ($0.name, try HardeningProfile($0.name, $0.value, readFilter: readFilter)) }
        return (Dictionary(profiles) { first, _ in first }, try claims(try file.value("claims")))
    }

    private static func claims(_ node: HardeningNode) throws -> [ClaimDefinition] {
        var seen: Set<String> = []
        return try node.sequence().map { item in
            let claim = try ClaimDefinition(item)
            guard seen.insert(claim.id).inserted else { throw item.error("the claim \(claim.id) occurs twice") }
            return claim
        }
    }
}

/// A claim of SECURITY.md and its proof.
package struct ClaimDefinition: Hashable, Sendable {
    /// The way in which a claim is verified.
    package enum Proof: String, Sendable, CaseIterable {
        /// Probes in a running container.
        case probe
        /// A test of the program, or the text itself; probes are optional.
        case policy
    }

    /// `C` and two digits.
    package let id: String
    /// The claim in a few words.
    package let title: String
    /// The way in which it is verified.
    package let proof: Proof
    /// The ids of its probes.
    package let probes: [String]
    /// The tests of the program that verify it, as `Suite.function`.
    package let tests: [String]

    /// Creates a claim from validated parts.
    package init(id: String, title: String, proof: Proof, probes: [String], tests: [String] = []) {
        self.id = id
        self.title = title
        self.proof = proof
        self.probes = probes
        self.tests = tests
    }

    init(_ node: HardeningNode) throws {
        let claim = try node.mapping(required: ["id", "title", "proof"], optional: ["probes", "tests"])
        let name = try claim.value("id")
        id = try name.text()
        let digits = id.utf8.dropFirst()
        guard id.utf8.first == UInt8(ascii: "C"), digits.count == 2, digits.allSatisfy({ (48...57).contains($0) })
        else {
            throw name.error("a claim's id is 'C' and two digits, not '\(id)'")
        }
        title = try claim.value("title").text()
        proof = try claim.value("proof").choice()
        probes = try claim.optional("probes")?.sequence().map { try $0.text() } ?? []
        tests = try claim.optional("tests")?.sequence().map { try $0.text() } ?? []
        guard proof == .policy || !probes.isEmpty else { throw node.error("the claim \(id) names no probe") }
        guard !probes.isEmpty || !tests.isEmpty else {
            throw node.error("the claim \(id) names neither a probe nor a test of the program")
        }
    }
}
