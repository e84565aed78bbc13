// SPDX-License-Identifier: Apache-2.0

import Core
import Registry
import Signing
import Trust

/// Reads the last heartbeat from the repository: CI has a fresh clone every night, and no other record.
package struct LastHeartbeat: Sendable {
    private let repository: any RepositoryReading
    private let trusted: TrustedRepository
    private let now: Int64

    /// The last heartbeat in a repository.
    ///
    /// - Parameters:
    ///   - trusted: The keys that count.
    ///   - now: Seconds since 1970.
    package init(repository: any RepositoryReading, trusted: TrustedRepository, now: Int64) {
        self.repository = repository
        self.trusted = trusted
        self.now = now
    }

    /// The heartbeat of a release; `nil` when there is none, when no trusted key signed it, and when it is of another
    /// release.
    ///
    /// - Throws: The repository's errors.
    func about(_ record: ReleaseRecord) async throws -> Heartbeat? {
        guard record.repository == repository.name else { return nil }
        let heartbeat = try await trusted.heartbeat(in: repository, at: Timestamp(seconds: now))
        return heartbeat?.release == record.image ? heartbeat : nil
    }
}
