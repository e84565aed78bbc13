// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage
import Trust

/// Builds the images of a release; the stages build and verify come in through these, for no stage knows another.
package protocol ReleaseBuilding: Sendable {
    /// What was asked for beside the files and decides the images too: platforms, what is left out. An interrupted
    /// release that is asked for otherwise begins anew.
    var choices: [String] { get }
    /// What it builds.
    var kind: ImageKind { get }
    /// The images that the files below `directory` define, one for each platform and compression, and the store that
    /// has them. Those of one platform have the same files.
    ///
    /// The same files give the same digests, here and elsewhere, now and later.
    func build(_ directory: FilePath, progress: @escaping ProgressSink) async throws -> (images: [Image], store: Store)
}

/// Proves the claims on the images of a release.
package protocol ReleaseVerifying: Sendable {
    /// What was shown to hold for the image.
    ///
    /// - Throws: `ReleaseError.red` when one claim does not hold, and what the engine throws.
    func verify(_ image: Image, definedIn directory: FilePath, progress: @escaping ProgressSink) async throws
        -> VerifiedClaims
}

/// Says in public, with the release's key, what an image is and what it is made of.
package protocol ReleaseAttesting: Sendable {
    /// Attaches SBOM, provenance and signatures to the image and to each manifest, in the order of `subjects`; what is
    /// there already and holds is kept.
    ///
    /// - Returns: What is attached now.
    func attest(_ release: AttestedRelease, progress: @escaping ProgressSink) async throws -> PublishedSignatures
    /// Reads everything back as a user's machine would, with the published key only.
    ///
    /// - Throws: What verification throws.
    func readBack(_ release: AttestedRelease) async throws
}

/// What is signed.
package struct AttestedRelease: Sendable {
    /// The version that is released.
    package let version: SemanticVersion
    /// What signatures call the image, without a tag.
    package let repository: String
    /// The tags that will name it.
    package let tags: [String]
    /// The commit that it is made from.
    package let source: GitObject
    /// The moment of the release, in seconds since 1970: what everything signed is dated with.
    package let created: Int64
    /// The digests.
    package let built: BuiltRelease
    /// The images.
    package let images: [Image]
    /// The directory with the files they were built from.
    package let directory: FilePath
}
