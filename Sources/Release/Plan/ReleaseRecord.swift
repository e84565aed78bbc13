// SPDX-License-Identifier: Apache-2.0

import Core
import FoundationEssentials
import OCI
import Trust

/// `release.json`: what was published, by digest. Whoever has the tag has everything that is needed to finish the
/// release that it belongs to, on whatever machine.
package struct ReleaseRecord: Hashable, Codable, Sendable {
    /// The format of the file.
    package static let format = "opencode-docker.release/1"
    /// Its path in the repository.
    package static let path = "release.json"

    /// The format that this one has.
    package var format = ReleaseRecord.format
    /// The version.
    package let version: SemanticVersion
    /// The one before; `nil` for the first release.
    package let previous: SemanticVersion?
    /// The commit that the release was made from: the one before the release's own.
    package let source: GitObject
    /// What signatures call the image, without a tag.
    package let repository: String
    /// What is in the image.
    package let kind: ImageKind
    /// The tags of the image, the one that never moves first.
    package let tags: [String]
    /// The image: a manifest, or an index of one or two for each platform.
    package let image: Digest
    /// The manifest of each platform: the one with gzip where there are two.
    package let platforms: [String: Digest]
    /// The manifest with zstd of each platform that has one beside the other.
    package let zstd: [String: Digest]?
    /// What is attached to the image and to each manifest, by their digests: signature, SBOM, provenance.
    package let referrers: [String: [Digest]]
    /// The tags with signatures for podman and skopeo, and what they name.
    package let signatureTags: [String: Digest]
    /// The digest of `versions.lock`.
    package let lock: Digest
    /// What was shown before it was published.
    package let verification: VerifiedClaims

    /// Reads the file.
    ///
    /// - Throws: `ReleaseError.record`.
    package init(parsing bytes: [UInt8], of tag: String) throws {
        do {
            // The strict parser first: JSONDecoder takes duplicate keys and any depth.
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

    /// The file: canonical JSON, so that the same record is the same bytes.
    func serialized() throws -> [UInt8] { try CanonicalJSON.encode(self) + [UInt8(ascii: "\n")] }
}

/// What `verify` said of an image.
package struct VerifiedClaims: Hashable, Codable, Sendable {
    /// The hardening profile it ran under.
    package let profile: Digest
    /// The ids of the claims that were shown to hold.
    package let green: [String]
    /// Those that could not be tried where it was verified.
    package let skipped: [String]

    /// Puts the answer together.
    package init(profile: Digest, green: [String], skipped: [String]) {
        self.profile = profile
        self.green = green
        self.skipped = skipped
    }
}

/// What came out of building a release.
package struct BuiltRelease: Hashable, Codable, Sendable {
    /// The image: a manifest, or an index of one or two for each platform.
    package let image: Digest
    /// The manifest of each platform, by its OCI name: the one with gzip where there are two.
    package let platforms: [String: Digest]
    /// The manifest with zstd of each platform that has one beside the other.
    package let zstd: [String: Digest]?
}

extension PublishedSignatures.Subject {
    /// The manifests of everything attached, in order.
    fileprivate var referrers: [Digest] { ([signature] + attestations.values).sorted() }
}
