// SPDX-License-Identifier: Apache-2.0

import Core
import Registry

extension SignaturePublisher {
    /// Signs a heartbeat and moves its tag to it.
    ///
    /// It is no referrer: with one every night, the list of an image's referrers would grow without limit, and each
    /// client reads all of them.
    ///
    /// - Returns: The digest of its manifest.
    /// - Throws: `SigningError`, and the repository's errors.
    @discardableResult
    package func publish(heartbeat: Heartbeat) async throws -> Digest {
        let manifest = try await put(heartbeat.statement, subject: nil)
        try await repository.put(manifest: manifest, as: .tag(Heartbeat.tag))
        return manifest.digest
    }
}
