// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import FoundationEssentials
import Lockfile
import OCI

/// What the last look at the archives came to, in a file that is not committed. Losing it costs a resolution.
struct NightlyMemory: Hashable, Codable, Sendable {
    /// The file.
    static let name = "nightly.json"

    /// The lock that was compared with, and the definition that it was made from.
    let lock: Digest
    /// Release files by suite: date and digest.
    let archives: [String: Archive]
    /// The indices that give that lock's packages.
    let indices: Digest

    struct Archive: Hashable, Codable, Sendable {
        let date: String
        let inRelease: Digest
    }

    init(_ look: ArchiveLook, of lock: VersionsLock) {
        self.lock = Digest(of: lock.serialized())
        indices = look.indices
        archives = Dictionary(look.archives.map { ($0.id, Archive(date: $0.date, inRelease: $0.inRelease)) }) { $1 }
    }

    /// What the file says; `nil` for one that is not there or cannot be read.
    init?(_ bytes: [UInt8]?) {
        guard let bytes, let memory = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = memory
    }

    /// The lock with the later of both dates for each archive: no archive may go back behind what was seen already.
    func advanced(_ lock: VersionsLock) -> VersionsLock {
        var lock = lock
        lock.archives = lock.archives.map { archive in
            guard let seen = archives[archive.id], let then = ArchiveTime(rfc3339: seen.date),
                let locked = ArchiveTime(rfc3339: archive.date), locked < then
            else { return archive }
            var archive = archive
            archive.date = seen.date
            return archive
        }
        return lock
    }
}
