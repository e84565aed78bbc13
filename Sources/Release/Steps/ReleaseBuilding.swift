// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage
import Trust

/// Builds the images of a release; implemented with the stage build, since stages never import each other.
package protocol ReleaseBuilding: Sendable {
    /// Options that determine the images beside the files: platforms, left out parts. An interrupted release with other
    /// options starts again.
    var choices: [String] { get }
    /// What it builds.
    var kind: ImageKind { get }
    /// The images of the files below `directory`, one for each platform and compression, and the store that has them.
    /// Those of one platform have the same files.
    ///
    /// The same files give the same digests, on any machine and at any time.
    func build(_ directory: FilePath, progress: @escaping ProgressSink) async throws -> (images: [Image], store: Store)
}

/// Verifies the claims on the images of a release.
package protocol ReleaseVerifying: Sendable {
    /// The claims that hold for the image.
    ///
    /// - Throws: `ReleaseError.red` when a claim fails, and the engine's errors.
    func verify(_ image: Image, definedIn directory: FilePath, progress: @escaping ProgressSink) async throws
        -> VerifiedClaims
}

/// Publishes signatures and attestations of an image with the release's key.
package protocol ReleaseAttesting: Sendable {
    /// Attaches SBOM, provenance and signatures to the image and to each manifest, in the order of `subjects`; existing
    /// valid ones are kept.
    ///
    /// - Returns: The published signatures and attestations.
    func attest(_ release: AttestedRelease, progress: @escaping ProgressSink) async throws -> PublishedSignatures
    /// Verifies everything as a user's machine does, with the published key only.
    ///
    /// - Throws: The errors of the verification.
    func readBack(_ release: AttestedRelease) async throws
}

/// The subjects of the signatures.
package struct AttestedRelease: Sendable {
    /// The version that is released.
    package let version: SemanticVersion
    /// The image's name in signatures, without a tag.
    package let repository: String
    /// The tags that will name it.
    package let tags: [String]
    /// The parent commit.
    package let source: GitObject
    /// The date of the release, in seconds since 1970; all signatures have it.
    package let created: Int64
    /// The digests.
    package let built: BuiltRelease
    /// The images.
    package let images: [Image]
    /// The directory with the files that the images were built from.
    package let directory: FilePath
}
