// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Signing
import SystemPackage
import Trust

/// Signs releases with the project's key, and verifies them with published data only.
package struct ReleaseSigner: ReleaseAttesting {
    /// The attestations of a release: SBOM and provenance, as statements.
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
    ///   - trusted: The trusted keys of users, from the project's trust file.
    ///   - scratch: A directory for temporary files.
    ///   - now: Seconds since 1970: an expired key signs nothing, whatever the release's date is.
    /// - Throws: `ReleaseError.otherKey` when users do not trust `key`.
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

    /// Signs the index and each manifest, for all tags of the version; existing signatures of the key are kept.
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

    /// By digest, because no tag names it yet. The verification uses an empty history, as on a new machine; the plan
    /// ensures that versions do not go back.
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
