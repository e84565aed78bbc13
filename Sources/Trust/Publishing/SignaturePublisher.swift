// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Signing

/// Publishes signatures and attestations of images in the repository of the images.
///
/// Everything except the bytes of a signature is determined by the arguments, and existing signatures by the key are
/// kept: the call may be repeated after a kill, also on another machine, and ends in the same state.
package struct SignaturePublisher: Sendable {
    let repository: any RepositoryWriting
    let key: SigningKey
    let created: Timestamp
    let creator: String

    /// Creates a publisher.
    ///
    /// - Parameters:
    ///   - repository: The repository of the images; its `name` is signed.
    ///   - key: The signing key.
    ///   - created: The release's date, in seconds since 1970: the lock's epoch, never the current time.
    ///   - creator: The program's name, for readers of the signatures.
    package init(
        repository: any RepositoryWriting, key: SigningKey, created: Int64, creator: String = "opencode-docker"
    ) {
        self.repository = repository
        self.key = key
        self.created = Timestamp(seconds: created)
        self.creator = creator
    }

    /// Signs images for their tags, and publishes attestations of them. The images must exist; no tag of an image is
    /// created or moved, so that images are signed before they are tagged.
    ///
    /// - Parameters:
    ///   - subjects: The index and each of its manifests: cosign verifies the first, podman and skopeo the others.
    ///   - tags: The tags that will name them; one simple-signing layer for each.
    ///   - version: The release's version.
    ///   - attestations: Further statements, each about one or more of the subjects.
    /// - Throws: `TrustError.nothingToSign`, `.strayStatement`, `SemanticVersionError`, `OCIError.invalidReference` for
    ///   an invalid tag, `SigningError`, and the repository's errors.
    package func publish(
        _ subjects: [Descriptor], tags: [String], version: String, attestations: [Statement]
    ) async throws -> PublishedSignatures {
        guard !subjects.isEmpty, !tags.isEmpty else { throw TrustError.nothingToSign }
        let parsed = try SemanticVersion(version)
        let digests = Set(subjects.map(\.digest))
        for statement in attestations where digests.isDisjoint(with: statement.subjects.map(\.digest)) {
            throw TrustError.strayStatement(statement.predicateType)
        }
        let references = try tags.map { try ImageReference("\(repository.name):\($0)").description }
        let identity = ReleaseIdentity(repository: repository.name, version: parsed, tags: tags)
        var published: [PublishedSignatures.Subject] = []
        for subject in subjects {
            let about = attestations.filter { $0.subjects.contains { $0.digest == subject.digest } }
            let signature = identity.statement(about: subject.digest)
            let bundles = try await attach([signature] + about, to: subject)
            let simple = try await publishSimple(references, version: parsed, about: subject.digest)
            let attached = zip(about, bundles.dropFirst()).map { ($0.predicateType, $1) }
            published.append(
                .init(
                    digest: subject.digest, signature: bundles[0],
                    signatureTag: SignatureManifest.tag(for: subject.digest), signatureManifest: simple,
                    attestations: Dictionary(attached, uniquingKeysWith: { first, _ in first })))
        }
        return PublishedSignatures(subjects: published)
    }

    /// Attaches the missing ones of the statements to `subject`, each in a bundle.
    ///
    /// - Returns: The manifests of the referrers, in the order of the statements.
    private func attach(_ statements: [Statement], to subject: Descriptor) async throws -> [Digest] {
        var known = try await present(on: subject.digest)
        var missing: [StoredManifest] = []
        for statement in statements where known[statement.bytes] == nil {
            let manifest = try await put(statement, subject: subject)
            known[statement.bytes] = manifest.digest
            missing.append(manifest)
        }
        if !missing.isEmpty { try await repository.attach(missing, to: subject.digest) }
        return statements.compactMap { known[$0.bytes] }
    }

    /// The statements that are attached to `subject` with a signature by the key, byte for byte.
    private func present(on subject: Digest) async throws -> [[UInt8]: Digest] {
        var present: [[UInt8]: Digest] = [:]
        let bundles = AttachedBundles(repository: repository, sizeLimit: SigstoreBundle.sizeLimit)
        let _: Never? = try await bundles.first(of: subject) { found in
            let envelope = found.bundle.envelope
            if envelope.payloadType == Statement.payloadType, envelope.isSigned(by: key.publicKey) {
                present[envelope.payload] = found.manifest
            }
            return nil
        }
        return present
    }

    /// Pushes the blobs of a signed statement; the caller pushes its manifest.
    func put(_ statement: Statement, subject: Descriptor?) async throws -> StoredManifest {
        let bundle = try SigstoreBundle(signing: statement, with: key).bytes
        _ = try await repository.put(blob: ReferrerManifest.emptyConfiguration)
        _ = try await repository.put(blob: bundle)
        let bytes = ReferrerManifest.bytes(
            of: bundle, predicateType: statement.predicateType, subject: subject, created: created)
        return StoredManifest(mediaType: MediaType.manifest.rawValue, bytes: bytes)
    }
}
