// SPDX-License-Identifier: Apache-2.0

import Core
import FoundationEssentials
import OCI
import Trust

/// `release.json`: everything published, by digest. With the tag, any machine can finish the release.
package struct ReleaseRecord: Hashable, Codable, Sendable {
    /// The format of the file.
    package static let format = "opencode-docker.release/1"
    /// Its path in the repository.
    package static let path = "release.json"

    /// The current format.
    package var format = ReleaseRecord.format
    /// The version.
    package let version: SemanticVersion
    /// The previous version; `nil` for the first release.
    package let previous: SemanticVersion?
    /// The parent of the release's commit.
    package let source: GitObject
    /// The image's name in signatures, without a tag.
    package let repository: String
    /// Whether the image contains the agent.
    package let kind: ImageKind
    /// The tags of the image, the one that never moves first.
    package let tags: [String]
    /// The image: a manifest, or an index of one or two for each platform.
    package let image: Digest
    /// The manifest of each platform: the one with gzip where there are two.
    package let platforms: [String: Digest]
    /// The zstd manifest of each platform that has both forms.
    package let zstd: [String: Digest]?
    /// The referrers of the image and of each manifest, by their digests: signature, SBOM, provenance.
    package let referrers: [String: [Digest]]
    /// The tags with signatures for podman and skopeo, and their digests.
    package let signatureTags: [String: Digest]
    /// The digest of `versions.lock`.
    package let lock: Digest
    /// The verification before publishing.
    package let verification: VerifiedClaims

    /// Parses the file.
    ///
    /// - Throws: `ReleaseError.record`.
    package init(parsing bytes: [UInt8], of tag: String) throws {
        do {
            // The strict parser runs first: JSONDecoder accepts duplicate keys and any depth.
            _ = try JSONValue(parsing: bytes, limit: 1 << 20)
            self = try JSONDecoder().decode(ReleaseRecord.self, from: Data(bytes))
        } catch {
            throw ReleaseError.record(tag)
        }
        guard format == Self.format, version.gitTag == tag, tags == kind.tags(of: version) else {
            throw ReleaseError.record(tag)
        }
    }

    init(
        _ plan: ReleasePlan, _ built: BuiltRelease, _ attached: PublishedSignatures, lock: Digest,
        verification: VerifiedClaims
    ) {
        version = plan.version
        previous = plan.previous
        source = plan.parent
        repository = plan.repository
        (kind, tags) = (plan.kind, plan.tags)
        image = built.image
        platforms = built.platforms
        zstd = built.zstd
        let subjects = attached.subjects
        referrers = Dictionary(subjects.map { ($0.digest.description, $0.referrers) }) { first, _ in first }
        signatureTags = Dictionary(subjects.map { ($0.signatureTag, $0.signatureManifest) }) { first, _ in first }
        self.lock = lock
        self.verification = verification
    }

    /// The image's name, by the tag that never moves.
    package var name: String { "\(repository):\(tags.first ?? version.description)" }

    /// The file as canonical JSON: the same record gives the same bytes.
    func serialized() throws -> [UInt8] { try CanonicalJSON.encode(self) + [UInt8(ascii: "\n")] }
}

/// The result of `verify` for an image.
package struct VerifiedClaims: Hashable, Codable, Sendable {
    /// The hardening profile.
    package let profile: Digest
    /// The ids of the claims that hold.
    package let green: [String]
    /// The ids of the claims that could not be tested on that machine.
    package let skipped: [String]

    /// Creates a result.
    package init(profile: Digest, green: [String], skipped: [String]) {
        self.profile = profile
        self.green = green
        self.skipped = skipped
    }
}

/// The result of building a release.
package struct BuiltRelease: Hashable, Codable, Sendable {
    /// The image: a manifest, or an index of one or two for each platform.
    package let image: Digest
    /// The manifest of each platform, by its OCI name: the one with gzip where there are two.
    package let platforms: [String: Digest]
    /// The zstd manifest of each platform that has both forms.
    package let zstd: [String: Digest]?
}

extension PublishedSignatures.Subject {
    /// The manifests of all referrers, in order.
    fileprivate var referrers: [Digest] { ([signature] + attestations.values).sorted() }
}
