// SPDX-License-Identifier: Apache-2.0

import Core
import Registry
import Signing
import Trust

/// Reads in the repository what the last night said: a CI has a fresh clone every night, and remembers nothing else.
package struct LastHeartbeat: Sendable {
    private let repository: any RepositoryReading
    private let trusted: TrustedRepository
    private let now: Int64

    /// The last heartbeat in a repository.
    ///
    /// - Parameters:
    ///   - trusted: Whose word counts.
    ///   - now: Seconds since 1970.
    package init(repository: any RepositoryReading, trusted: TrustedRepository, now: Int64) {
        self.repository = repository
        self.trusted = trusted
        self.now = now
    }

    /// The heartbeat about a release; `nil` where there is none, where nobody who is believed signed it, and where it
    /// tells of another release.
    ///
    /// - Throws: What the repository throws.
    func about(_ record: ReleaseRecord) async throws -> Heartbeat? {
        guard record.repository == repository.name else { return nil }
        let heartbeat = try await trusted.heartbeat(in: repository, at: Timestamp(seconds: now))
        return heartbeat?.release == record.image ? heartbeat : nil
    }
}
