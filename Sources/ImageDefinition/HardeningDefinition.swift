// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Engine
import SystemPackage

/// The contents of `image/hardening.yaml`: the profiles and the claims about them.
package struct HardeningDefinition: Hashable, Sendable {
    /// The profiles by name.
    package let profiles: [String: HardeningProfile]
    /// The claims, in the order of the file.
    package let claims: [Claim]
    /// The digest of the file and of its system call filters: equal digests mean equal containers.
    package let digest: Digest

    /// Creates a definition from its parts, without files; the digest covers only the names of the parts.
    package init(profiles: [String: HardeningProfile], claims: [Claim]) {
        self.init(
            profiles: profiles, claims: claims,
            digest: Digest(of: Array((profiles.keys.sorted() + claims.map(\.id)).joined(separator: "\n").utf8)))
    }

    private init(profiles: [String: HardeningProfile], claims: [Claim], digest: Digest) {
        self.profiles = profiles
        self.claims = claims
        self.digest = digest
    }

    /// Reads `hardening.yaml` and its filters from `imageDirectory`. `probes` decides on names of probes that this
    /// program does not have.
    ///
    /// - Throws: `HardeningError` with the line and the column; `FileError`.
    package static func load(_ imageDirectory: FilePath, probes: ProbeRule = .known) throws -> HardeningDefinition {
        try load(file: imageDirectory.appending("hardening.yaml"), named: "image/hardening.yaml", probes: probes)
    }

    /// Reads a hardening definition with any name, and its filters from the same directory. `name` identifies the file
    /// in errors.
    ///
    /// - Throws: `HardeningError` with the line and the column; `FileError`.
    package static func load(
        file: FilePath, named name: String, probes: ProbeRule = .known
    ) throws -> HardeningDefinition {
        let bytes = try Files.read(file, limit: 1 << 20)
        var filters: [String: [UInt8]] = [:]
        do {
            let (profiles, claims) = try parse(try HardeningNode(yaml: bytes), probes) { name in
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
        _ root: HardeningNode, _ probes: ProbeRule, readFilter: (String) throws -> [UInt8]
    ) throws -> ([String: HardeningProfile], [Claim]) {
        let file = try root.mapping(required: ["version", "profiles", "claims"])
        let version = try file.value("version")
        guard try version.integer(in: 1...Int.max) == 1 else { throw version.error("this program reads version 1") }
        let entries = try file.value("profiles").entries()
        guard entries.contains(where: { $0.name == "standard" }) else {
            throw try file.value("profiles").error("there is no profile 'standard'")
        }
        let profiles = try entries.map { ($0.name, try HardeningProfile($0.name, $0.value, readFilter: readFilter)) }
        return (Dictionary(profiles) { first, _ in first }, try claims(try file.value("claims"), probes))
    }

    private static func claims(_ node: HardeningNode, _ probes: ProbeRule) throws -> [Claim] {
        var seen: Set<String> = []
        return try node.sequence().map { item in
            let claim = try Claim(item, probes: probes)
            guard seen.insert(claim.id).inserted else { throw item.error("the claim \(claim.id) occurs twice") }
            return claim
        }
    }
}
