// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry

/// What has to be signed so that every reader finds a signature: an index and each of its images, or the one image.
package enum SignedSubjects {
    /// Looks the images up in the repository.
    ///
    /// - Parameter digest: The index's or the manifest's.
    /// - Throws: `TrustError.noImage`, `.wrongManifest`, and what the repository throws.
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
