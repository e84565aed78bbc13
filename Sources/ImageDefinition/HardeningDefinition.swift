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

    /// The profile of that name.
    ///
    /// - Throws: `DefinitionError.unknownProfile`.
    package func profile(_ name: String) throws(DefinitionError) -> HardeningProfile {
        guard let profile = profiles[name] else { throw .unknownProfile(name, profiles.keys.sorted()) }
        return profile
    }

    /// Reads `hardening.yaml` and its filters from `imageDirectory`. `probes` decides on names of probes that this
    /// program does not have.
    ///
    /// - Throws: `DefinitionError` with the line and the column; `FileError`.
    package static func load(_ imageDirectory: FilePath, probes: ProbeRule = .known) throws -> HardeningDefinition {
        try load(file: imageDirectory.appending("hardening.yaml"), named: "image/hardening.yaml", probes: probes)
    }

    /// Reads a hardening definition with any name, and its filters from the same directory. `name` identifies the file
    /// in errors.
    ///
    /// - Throws: `DefinitionError` with the line and the column; `FileError`.
    package static func load(
        file: FilePath, named name: String, probes: ProbeRule = .known
    ) throws -> HardeningDefinition {
        let bytes = try Files.read(file, limit: 1 << 20)
        var filters: [String: [UInt8]] = [:]
        let root = try DefinitionNode(parsing: bytes, file: name)
        let (profiles, claims) = try parse(root, probes) { name in
            if let known = filters[name] { return known }
            let filter = try Files.read(file.removingLastComponent().appending(name), limit: 1 << 22)
            filters[name] = filter
            return filter
        }
        return HardeningDefinition(profiles: profiles, claims: claims, digest: digest(of: bytes, filters))
    }

    private static func digest(of file: [UInt8], _ filters: [String: [UInt8]]) -> Digest {
        let names = filters.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let lines = ["\(Digest(of: file)) hardening.yaml"] + names.map { "\(Digest(of: filters[$0] ?? [])) \($0)" }
        return Digest(of: Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    private static func parse(
        _ root: DefinitionNode, _ probes: ProbeRule, readFilter: (String) throws -> [UInt8]
    ) throws -> ([String: HardeningProfile], [Claim]) {
        let file = try root.fields(["version", "profiles", "claims"])
        _ = try file.need("version").text(/1/, "1, the version that this program reads")
        _ = try file.need("profiles").child("standard")
        let profiles = try file.need("profiles").pairs().map { name, value in
            (try name.text(), try HardeningProfile(try name.text(), value, readFilter: readFilter))
        }
        return (Dictionary(profiles) { first, _ in first }, try claims(try file.need("claims"), probes))
    }

    private static func claims(_ node: DefinitionNode, _ probes: ProbeRule) throws -> [Claim] {
        var seen: Set<String> = []
        return try node.list().map { item in
            let claim = try Claim(item, probes: probes)
            guard seen.insert(claim.id).inserted else {
                throw DefinitionError.twice(item.place, key: item.key, value: claim.id)
            }
            return claim
        }
    }
}
