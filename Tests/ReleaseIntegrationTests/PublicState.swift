// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Signing
import SystemPackage

extension Fixture {
    /// The public state: the remote's history and files, the repository's tags and the images' referrers. The presence
    /// of signatures counts, not their bytes and the digests that depend on them.
    func publicState() async throws -> [String] {
        let history = try await Self.shell(
            """
            cd "$1"; git log --format='%s %an %ad' --date=unix main; git tag --list --format='%(refname:short) %(subject)'
            git ls-tree -r main | grep -v 'release\\.json'
            """, [origin.string])
        let record = try await Self.shell("cd \"$1\"; git show main:release.json || true", [origin.string])
        return history.split(separator: "\n").map(String.init) + [try Self.normalized(record)]
            + (try await repositoryState())
    }

    /// `release.json` with numbers in the place of the digests that depend on signatures.
    private static func normalized(_ record: String) throws -> String {
        guard case .object(var members) = try JSONValue(parsing: Array(record.utf8)) else { return record }
        if case .object(let referrers)? = members["referrers"] {
            members["referrers"] = .object(referrers.mapValues { .integer(Int64($0.array?.count ?? 0)) })
        }
        if case .object(let tags)? = members["signatureTags"] {
            members["signatureTags"] = .array(tags.keys.sorted().map(JSONValue.string))
        }
        return String(decoding: JSONValue.object(members).canonical(), as: UTF8.self)
    }

    private func repositoryState() async throws -> [String] {
        var lines: [String] = []
        let tags = try await place?.tags() ?? ImageLayout(root: root.appending("registry")).tags()
        for tag in tags.sorted() {
            guard let digest = try await registry.digest(ofTag: tag) else { continue }
            if tag.hasSuffix(".sig"), let stored = try await registry.manifest(.digest(digest)) {
                lines.append("\(tag) \(try SignatureManifest(parsing: stored.bytes).layers.count) signatures")
            } else if tag.hasPrefix("sha256-") {
                let subject = try Digest("sha256:\(tag.dropFirst("sha256-".count))")
                lines += try await referrers(of: subject).map { "\(tag) \($0)" }
            } else {
                lines.append("\(tag) \(digest)")
            }
        }
        return lines
    }

    /// The artifact types of the referrers.
    private func referrers(of subject: Digest) async throws -> [String] {
        var types: [String] = []
        for digest in try await registry.referrers(of: subject) {
            let stored = try await registry.manifest(.digest(digest))
            let annotations = try stored.map { try JSONValue(parsing: $0.bytes) }?["annotations"]
            types.append(annotations?["dev.sigstore.bundle.predicateType"]?.string ?? "unknown")
        }
        return types.sorted()
    }
}
