// SPDX-License-Identifier: Apache-2.0

import Registry
import Signing

extension TrustedRepository {
    /// The heartbeat that the repository has, if a key that is believed at `now` signed it for this name.
    ///
    /// - Throws: What the repository throws.
    package func heartbeat(in repository: any RepositoryReading, at now: Timestamp) async throws -> Heartbeat? {
        let bundles = AttachedBundles(repository: repository, sizeLimit: SignatureSearch.sizeLimit)
        guard let found = try await bundles.bundle(in: .tag(Heartbeat.tag), about: nil) else { return nil }
        return keys(at: now).lazy
            .compactMap { found.bundle.statement(signedBy: $0.key).flatMap(Heartbeat.init) }
            .first { $0.repository == name }
    }
}
