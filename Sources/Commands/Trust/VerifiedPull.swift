// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Signing
import Trust

/// Verifies an image and stores it: by digest, and only after its signature was verified.
struct VerifiedPull: Sendable {
    let verifier: ImageVerifier
    let store: Store
    let platform: Platform
    let settings: RegistrySettings

    /// The image from its registry, or from the store when the registry cannot be reached and the image was verified
    /// before.
    ///
    /// - Throws: `TrustError`, `RegistryError`, `OCIError`, `FileError`.
    func image(_ reference: ImageReference, progress: @escaping ProgressSink) async throws -> (VerifiedImage, Image) {
        let verified = try await verified(reference, progress: progress)
        if let warning = verified.freshness.warning { progress(.warning("\(reference): \(warning).")) }
        return (verified, try Image.load(verified.manifest, from: store))
    }

    private func verified(_ reference: ImageReference, progress: @escaping ProgressSink) async throws -> VerifiedImage {
        do {
            let repository = try await RegistryRepository.connect(to: reference, for: .reading, settings: settings)
            let verified = try await verifier.verify(reference, in: repository)
            _ = try await ImagePull(from: repository, into: store).pull(
                .digest(verified.digest), platform: platform, progress: progress)
            return verified
        } catch let error as any UserFacingError where error.exitStatus == .tryAgain {
            return try await recalled(reference, because: error, progress: progress)
        }
    }

    /// The image that was verified before, if it is still complete; otherwise throws the original error.
    private func recalled(
        _ reference: ImageReference, because error: any UserFacingError, progress: ProgressSink
    ) async throws -> VerifiedImage {
        let known: VerifiedImage
        do { known = try await verifier.recall(reference) } catch TrustError.noEvidence { throw error }
        guard let image = try? Image.load(known.manifest, from: store),
            image.blobs.allSatisfy({ store.contains($0.digest, size: $0.size) })
        else { throw error }
        progress(.warning("\(error.sentence) Using the image that was verified here before."))
        return known
    }
}
