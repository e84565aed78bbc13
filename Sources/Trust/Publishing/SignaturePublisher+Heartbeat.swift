// SPDX-License-Identifier: Apache-2.0

import Core
import Registry

extension SignaturePublisher {
    /// Signs a heartbeat and makes its tag name it.
    ///
    /// It is nobody's referrer: with one every night, the list of an image's referrers would grow without end, and each
    /// reader opens what is on it.
    ///
    /// - Returns: The digest of the manifest that holds it.
    /// - Throws: `SigningError`, and what the repository throws.
    @discardableResult
    package func publish(heartbeat: Heartbeat) async throws -> Digest {
        let manifest = try await put(heartbeat.statement, subject: nil)
        try await repository.put(manifest: manifest, as: .tag(Heartbeat.tag))
        return manifest.digest
    }
}
