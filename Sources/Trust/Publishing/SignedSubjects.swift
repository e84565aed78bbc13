// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry

/// The manifests to sign so that every client finds a signature: an index and each of its images, or a single image.
package enum SignedSubjects {
    /// Reads the images from the repository.
    ///
    /// - Parameter digest: The digest of the index or manifest.
    /// - Throws: `TrustError.noImage`, `.wrongManifest`, and the repository's errors.
    package static func found(at digest: Digest, in repository: any RepositoryReading) async throws -> [Descriptor] {
        guard let top = try await repository.manifest(.digest(digest)) else {
            throw TrustError.noImage("\(repository.name)@\(digest)")
        }
        guard top.digest == digest, let document = try? TopManifest(parsing: top.bytes) else {
            throw TrustError.wrongManifest(digest)
        }
        let own = Descriptor(
            mediaType: document.mediaType, digest: digest, size: UInt64(top.bytes.count))
        guard case .index(let index) = document else { return [own] }
        return [own] + index.manifests
    }
}
