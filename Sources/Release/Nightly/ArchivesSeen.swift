// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile
import Trust

/// The release files of an earlier check, by suite: no archive may be older.
struct ArchivesSeen: Hashable, Sendable {
    /// A release file.
    struct Archive: Hashable, Codable, Sendable {
        let date: String
        let inRelease: Digest
    }

    private let archives: [String: Archive]

    init(_ archives: [LockedArchive]) {
        self.archives = Dictionary(archives.map { ($0.id, Archive(date: $0.date, inRelease: $0.inRelease)) }) { $1 }
    }

    /// The release files in a heartbeat.
    init(_ heartbeat: Heartbeat) {
        archives = Dictionary(
            heartbeat.archives.map { ($0.suite, Archive(date: $0.date.description, inRelease: $0.inRelease)) }
        ) { $1 }
    }

    /// The release files alone.
    var digests: [String: Digest] { archives.mapValues(\.inRelease) }

    /// The lock with the later of both dates for each archive.
    func advanced(_ lock: VersionsLock) -> VersionsLock {
        var lock = lock
        lock.archives = lock.archives.map { archive in
            guard let seen = archives[archive.id], let then = Timestamp(rfc3339: seen.date),
                let locked = Timestamp(rfc3339: archive.date), locked < then
            else { return archive }
            var archive = archive
            archive.date = seen.date
            return archive
        }
        return lock
    }
}

extension ArchivesSeen: Codable {
    init(from decoder: any Decoder) throws {
        archives = try decoder.singleValueContainer().decode([String: Archive].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(archives)
    }
}
