// SPDX-License-Identifier: Apache-2.0

import Core
import Registry
import Signing

extension TrustedRepository {
    /// The heartbeat of the repository, if a key that is valid at `now` signed it for this name.
    ///
    /// - Throws: The repository's errors.
    package func heartbeat(in repository: any RepositoryReading, at now: Timestamp) async throws -> Heartbeat? {
        let bundles = AttachedBundles(repository: repository, sizeLimit: SignatureSearch.sizeLimit)
        guard let found = try await bundles.bundle(in: .tag(Heartbeat.tag), about: nil) else { return nil }
        return keys(at: now).lazy
            .compactMap { found.bundle.statement(signedBy: $0.key).flatMap(Heartbeat.init) }
            .first { $0.repository == name }
    }
}
