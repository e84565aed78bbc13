// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Signing

/// Searches for a valid signature: by a key that has not expired, over these bytes, for this name.
struct SignatureSearch {
    /// The size limit of a signature's statement; larger ones have another purpose.
    static let sizeLimit = 64 << 10

    let trusted: TrustedRepository
    let now: Timestamp
    let repository: any RepositoryReading

    /// The signed version, and the key. A Sigstore bundle is preferred to the `.sig` tag of older publishers.
    ///
    /// - Throws: `TrustError.notSigned` with the most specific reason, and the repository's errors.
    func signature(of digest: Digest, reference: ImageReference) async throws -> (SemanticVersion, Digest) {
        var best = Rejection.none
        let bundles = AttachedBundles(repository: repository, sizeLimit: Self.sizeLimit)
        let found = try await bundles.first(of: digest) { found -> (SemanticVersion, Digest)? in
            judge(found.bundle, digest, reference, &best)
        }
        if let found { return found }
        if let found = try await simple(digest, reference, &best) { return found }
        throw TrustError.notSigned(reference.description, best)
    }

    private func judge(
        _ bundle: SigstoreBundle, _ digest: Digest, _ reference: ImageReference, _ best: inout Rejection
    ) -> (SemanticVersion, Digest)? {
        guard let key = trusted.keys(at: now).first(where: { bundle.envelope.isSigned(by: $0.key) }) else {
            reject(bundle.envelope.isSigned, &best)
            return nil
        }
        // A statement of another type is no signature, even by a trusted key.
        guard let statement = bundle.statement(signedBy: key.key),
            statement.predicateType == ReleaseIdentity.predicateType
        else { return nil }
        guard let subject = statement.subjects.first(where: { $0.digest == digest }) else {
            best = min(best, .otherContent)
            return nil
        }
        guard let identity = ReleaseIdentity(subject), identity.repository == trusted.name,
            reference.tag.map(identity.tags.contains) ?? true
        else {
            best = min(best, .otherName)
            return nil
        }
        return (identity.version, key.key.id)
    }

    /// A signature of the `.sig` tag.
    private func simple(
        _ digest: Digest, _ reference: ImageReference, _ best: inout Rejection
    ) async throws -> (SemanticVersion, Digest)? {
        guard let stored = try await repository.manifest(.tag(SignatureManifest.tag(for: digest))),
            let manifest = try? SignatureManifest(parsing: stored.bytes)
        else { return nil }
        for layer in manifest.layers where layer.size > 0 && layer.size <= SimpleSigningPayload.sizeLimit {
            let bytes = try await repository.blob(layer.payload, limit: SimpleSigningPayload.sizeLimit)
            guard Digest(of: bytes) == layer.payload else { continue }
            if let found = judge(bytes, layer.signature, digest, reference, &best) { return found }
        }
        return nil
    }

    private func judge(
        _ bytes: [UInt8], _ signature: Signature, _ digest: Digest, _ reference: ImageReference,
        _ best: inout Rejection
    ) -> (SemanticVersion, Digest)? {
        guard let key = trusted.keys(at: now).first(where: { $0.key.verifies(signature, of: bytes) }) else {
            reject({ $0.verifies(signature, of: bytes) }, &best)
            return nil
        }
        guard let payload = try? SimpleSigningPayload(parsing: bytes) else { return nil }
        guard payload.digest == digest else {
            best = min(best, .otherContent)
            return nil
        }
        let signed = try? ImageReference(payload.reference)
        guard let signed, signed.name == trusted.name, signed.tag != nil,
            reference.tag.map({ $0 == signed.tag }) ?? true
        else {
            best = min(best, .otherName)
            return nil
        }
        // cosign makes such a signature with the same key, and a valid one may follow it.
        guard let version = payload.version.flatMap({ try? SemanticVersion($0) }) else {
            best = min(best, .noVersion)
            return nil
        }
        return (version, key.key.id)
    }

    /// Records why a signature is not valid.
    private func reject(_ isSigned: (PublicKey) -> Bool, _ best: inout Rejection) {
        for key in trusted.expiredKeys(at: now) {
            if let end = key.notAfter, isSigned(key.key) { best = min(best, .expiredKey(key.key.id, end)) }
        }
        best = min(best, .foreignKey)
    }
}
