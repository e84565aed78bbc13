// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Engine
import OCI
import Registry
import Trust

/// Verifies an image and stores it: by digest, and only after its signature was verified.
package struct VerifiedPull: Sendable {
    private let verifier: ImageVerifier
    private let store: Store
    private let platform: Platform
    private let settings: RegistrySettings

    /// Creates a pull of images for `platform` into `store`.
    package init(verifier: ImageVerifier, store: Store, platform: Platform, settings: RegistrySettings) {
        self.verifier = verifier
        self.store = store
        self.platform = platform
        self.settings = settings
    }

    /// The image of a repository in the trust file, ready for a start.
    ///
    /// - Throws: `TrustError`, `RegistryError`, `OCIError`, `ArchiveError`, `FileError`; nothing may be started then.
    package func localImage(
        of trusted: TrustedRepository, for engine: EngineKind, progress: @escaping ProgressSink
    ) async throws -> LocalImage {
        let reference = try ImageReference("\(trusted.name):\(trusted.tag)")
        let image = try await image(reference, progress: progress)
        let trees = engine == .embedded ? try await PulledLayers(store: store).trees(of: image) : []
        var local = LocalImage(
            .store(BuiltImage(image: image, trees: trees)), tag: reference.description, store: store)
        local.isPublished = true
        local.lacksAgent = trusted.tag.hasSuffix(SemanticVersion.baseSuffix)
        return local
    }

    /// The image from its registry, or from the store when the registry cannot be reached and the image was verified
    /// before.
    ///
    /// - Throws: `TrustError`, `RegistryError`, `OCIError`, `FileError`.
    private func image(_ reference: ImageReference, progress: @escaping ProgressSink) async throws -> Image {
        let verified = try await verified(reference, progress: progress)
        if let warning = verified.freshness.warning { progress(.warning("\(reference): \(warning).")) }
        return try Image.load(verified.manifest, from: store)
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
