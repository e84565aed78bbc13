// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import OCI
import Registry

/// All responses of a repository during a verification: enough to repeat it without the repository.
package struct Evidence: Hashable, Sendable {
    /// The digests of tags.
    var tags: [String: Digest] = [:]
    /// Manifests by digest, with their media types.
    var manifests: [Digest: StoredManifest] = [:]
    /// Small blobs by digest.
    var blobs: [Digest: [UInt8]] = [:]
    /// The referrers of contents.
    var referrers: [Digest: [Digest]] = [:]

    /// The size limit of a file of evidence.
    static let sizeLimit = 32 << 20

    init() {}

    /// The form in a file.
    package var bytes: [UInt8] {
        func base64(_ bytes: [UInt8]) -> JSONValue { .string(Data(bytes).base64EncodedString()) }
        func named(_ pairs: [(Digest, JSONValue)]) -> JSONValue {
            .object(Dictionary(pairs.map { ($0.0.description, $0.1) }, uniquingKeysWith: { first, _ in first }))
        }
        return JSONValue.object([
            "version": .integer(1), "tags": .object(tags.mapValues { .string($0.description) }),
            "manifests": named(
                manifests.map { ($0, .object(["mediaType": .string($1.mediaType), "bytes": base64($1.bytes)])) }),
            "blobs": named(blobs.map { ($0, base64($1)) }),
            "referrers": named(referrers.map { ($0, .array($1.map { .string($0.description) })) }),
        ]).canonical()
    }

    /// Parses a file; `nil` when it is invalid. The content is trusted no more than a registry's responses.
    package init?(parsing bytes: [UInt8]) {
        guard let document = try? JSONValue(parsing: bytes, limit: Self.sizeLimit),
            document["version"] == .integer(1)
        else { return nil }
        func members(_ name: String) -> [String: JSONValue] {
            guard case .object(let members)? = document[name] else { return [:] }
            return members
        }
        func digest(_ text: String?) -> Digest? { text.flatMap { try? Digest($0) } }
        func decoded(_ value: JSONValue?) -> [UInt8]? {
            (value?.string).flatMap { Data(base64Encoded: $0) }.map(Array.init)
        }
        tags = members("tags").compactMapValues { digest($0.string) }
        for (key, value) in members("manifests") {
            guard let name = digest(key), let bytes = decoded(value["bytes"]), let type = value["mediaType"]?.string
            else { return nil }
            manifests[name] = StoredManifest(mediaType: type, bytes: bytes)
        }
        for (key, value) in members("blobs") {
            guard let name = digest(key), let bytes = decoded(value) else { return nil }
            blobs[name] = bytes
        }
        for (key, value) in members("referrers") {
            guard let name = digest(key) else { return nil }
            referrers[name] = (value.array ?? []).compactMap { digest($0.string) }
        }
    }
}

/// A repository that records the responses of another one. Content that is already recorded is not requested by digest
/// again, because it cannot have changed.
actor EvidenceRecorder: RepositoryReading {
    nonisolated let name: String
    private let repository: any RepositoryReading
    private let known: Evidence
    private(set) var evidence = Evidence()

    init(_ repository: any RepositoryReading, known: Evidence?) {
        self.repository = repository
        self.known = known ?? Evidence()
        name = repository.name
    }

    func digest(ofTag tag: String) async throws -> Digest? {
        let digest = try await repository.digest(ofTag: tag)
        evidence.tags[tag] = digest
        return digest
    }

    func manifest(_ name: ManifestName) async throws -> StoredManifest? {
        guard let manifest = try await fetched(name) else { return nil }
        if case .tag(let tag) = name { evidence.tags[tag] = manifest.digest }
        evidence.manifests[manifest.digest] = manifest
        return manifest
    }

    private func fetched(_ name: ManifestName) async throws -> StoredManifest? {
        if case .digest(let digest) = name, let known = known.manifests[digest], known.digest == digest { return known }
        return try await repository.manifest(name)
    }

    func blob(_ digest: Digest, limit: Int) async throws -> [UInt8] {
        let bytes: [UInt8]
        if let known = known.blobs[digest], known.count <= limit, Digest(of: known) == digest {
            bytes = known
        } else {
            bytes = try await repository.blob(digest, limit: limit)
        }
        evidence.blobs[digest] = bytes
        return bytes
    }

    func referrers(of subject: Digest) async throws -> [Digest] {
        let referrers = try await repository.referrers(of: subject)
        evidence.referrers[subject] = referrers
        return referrers
    }
}

/// A repository that responds from evidence alone.
struct EvidenceRepository: RepositoryReading {
    let name: String
    private let evidence: Evidence

    init(_ evidence: Evidence, name: String) {
        self.evidence = evidence
        self.name = name
    }

    func digest(ofTag tag: String) -> Digest? { evidence.tags[tag] }

    func manifest(_ name: ManifestName) -> StoredManifest? {
        switch name {
        case .digest(let digest): evidence.manifests[digest]
        case .tag(let tag): evidence.tags[tag].flatMap { evidence.manifests[$0] }
        }
    }

    func blob(_ digest: Digest, limit: Int) throws -> [UInt8] {
        guard let bytes = evidence.blobs[digest], bytes.count <= limit else {
            throw TrustError.noEvidence("\(name)@\(digest)")
        }
        return bytes
    }

    func referrers(of subject: Digest) -> [Digest] { evidence.referrers[subject] ?? [] }
}
