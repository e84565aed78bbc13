// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Signing
import SystemPackage
import Trust

/// Signs releases with the project's key, and reads them back with nothing but what is published.
package struct ReleaseSigner: ReleaseAttesting {
    /// What else is said of a release: SBOM and provenance, as statements.
    package typealias Statements = @Sendable (AttestedRelease) async throws -> [Statement]

    private let repository: any RepositoryWriting
    private let key: SigningKey
    private let trusted: TrustedRepository
    private let statements: Statements
    private let scratch: FilePath
    private let now: Int64

    /// A signer.
    ///
    /// - Parameters:
    ///   - trusted: What users' machines believe: read from the file that is published with the project.
    ///   - scratch: A directory for files that are gone afterwards.
    ///   - now: Seconds since 1970: a key whose time is over signs nothing any more, whatever the release is dated with.
    /// - Throws: `ReleaseError.otherKey` when users would not believe `key`.
    package init(
        repository: any RepositoryWriting, key: SigningKey, trusted: TrustedRepository, scratch: FilePath,
        now: Int64, statements: @escaping Statements
    ) throws {
        let believed = trusted.keys(at: Timestamp(seconds: now))
        guard trusted.name == repository.name, believed.contains(where: { $0.key == key.publicKey }) else {
            throw ReleaseError.otherKey(repository.name)
        }
        self.repository = repository
        self.key = key
        self.trusted = trusted
        self.statements = statements
        self.scratch = scratch
        self.now = now
    }

    /// Signs the index and each manifest, for all tags of the version; what the key signed already is kept.
    package func attest(
        _ release: AttestedRelease, progress: @escaping ProgressSink
    ) async throws -> PublishedSignatures {
        progress(.began(step: "sign", total: nil, unit: .items))
        let subjects = try await SignedSubjects.found(at: release.built.image, in: repository)
        let published = try await SignaturePublisher(
            repository: repository, key: key, created: release.created
        ).publish(
            subjects, tags: release.tags, version: release.version.description,
            attestations: try await statements(release))
        progress(.ended(step: "sign", summary: "\(release.version) by the key \(key.publicKey.id.hex.prefix(12))"))
        return published
    }

    /// By digest: no tag names it yet. A machine that has never seen a release is the strictest judge of a signature;
    /// that versions do not go back is shown by the plan.
    package func readBack(_ release: AttestedRelease) async throws {
        let directory = scratch.appending("read-back-\(Files.uniqueSuffix())")
        defer { try? Files.removeTree(directory) }
        for image in release.images {
            let verifier = ImageVerifier(
                trusted: trusted, platform: image.platform, history: TrustHistory(directory: directory), now: now)
            _ = try await verifier.verify(
                ImageReference("\(repository.name)@\(release.built.image)"), in: repository)
        }
    }
}
