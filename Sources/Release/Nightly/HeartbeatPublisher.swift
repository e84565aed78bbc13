// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile
import Registry
import Signing
import Trust

/// Publishes the signed statement that the archives were checked and the newest release is up to date.
package struct HeartbeatPublisher: Sendable {
    /// The validity of a heartbeat, in seconds: a few missing nights are tolerated, a week is not.
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
    /// - Parameter now: When the archives were checked, in seconds since 1970.
    /// - Returns: The digest that the heartbeat's tag names now.
    /// - Throws: `SigningError`, and the repository's errors.
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
