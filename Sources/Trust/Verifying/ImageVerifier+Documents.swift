// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry

extension ImageVerifier {
    /// The digest of the reference: resolved once, and used for everything after that.
    func resolve(_ reference: ImageReference, in repository: any RepositoryReading) async throws -> Digest {
        let name = reference.description
        guard reference.name == trusted.name else { throw TrustError.unknownRepository(reference.name) }
        if let digest = reference.digest { return digest }
        guard let tag = reference.tag else { throw TrustError.noTag(name) }
        guard let digest = try await repository.digest(ofTag: tag) else { throw TrustError.noImage(name) }
        return digest
    }

    /// The manifest for this platform and its configuration, each verified against its digest.
    func manifest(
        _ digest: Digest, _ name: String, in repository: any RepositoryReading
    ) async throws -> (Digest, Digest) {
        switch try await document(digest, name, in: repository) {
        case .image(let image): return (digest, image.config.digest)
        case .index(let index):
            guard let entry = index.preferred(for: platform) else {
                throw TrustError.noPlatform(platform, name)
            }
            guard case .image(let image) = try await document(entry.digest, name, in: repository) else {
                throw TrustError.wrongManifest(entry.digest)
            }
            return (entry.digest, image.config.digest)
        }
    }

    private func document(
        _ digest: Digest, _ name: String, in repository: any RepositoryReading
    ) async throws -> TopManifest {
        guard let stored = try await repository.manifest(.digest(digest)) else { throw TrustError.noImage(name) }
        guard stored.digest == digest, let document = try? TopManifest(parsing: stored.bytes) else {
            throw TrustError.wrongManifest(digest)
        }
        return document
    }
}
