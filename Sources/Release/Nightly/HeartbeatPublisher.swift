// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile
import Registry
import Signing
import Trust

/// Says in public that somebody looked, and that the newest release is still the right one.
package struct HeartbeatPublisher: Sendable {
    /// How long a look counts, in seconds: missing a few nights is no alarm, a week without any is.
    static let validity: Int64 = 7 * 86_400

    private let repository: any RepositoryWriting
    private let key: SigningKey

    /// A publisher of heartbeats, signed with `key`.
    package init(repository: any RepositoryWriting, key: SigningKey) {
        self.repository = repository
        self.key = key
    }

    /// Signs and publishes a heartbeat of a release.
    ///
    /// - Parameter now: When the archives were looked at, in seconds since 1970.
    /// - Returns: The digest of what the heartbeat's tag names now.
    /// - Throws: `SigningError`, and what the repository throws.
    package func publish(_ record: ReleaseRecord, _ look: ArchiveLook, now: Int64) async throws -> Digest {
        let archives = try look.archives.map { archive in
            Heartbeat.Archive(
                suite: archive.id, inRelease: archive.inRelease, date: try Timestamp(archive.date))
        }
        let heartbeat = Heartbeat(
            repository: record.repository, release: record.image, version: record.version,
            checkedAt: Timestamp(seconds: now), validUntil: Timestamp(seconds: now + Self.validity),
            archives: archives)
        return try await SignaturePublisher(repository: repository, key: key, created: now)
            .publish(heartbeat: heartbeat)
    }
}
