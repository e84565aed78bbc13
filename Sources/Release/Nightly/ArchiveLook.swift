// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile

/// Debian's archives as their signed release files tell of them: the little that has to be asked every night.
package struct ArchiveLook: Hashable, Sendable {
    /// The archives, each with the digest and the date of its release file.
    package let archives: [LockedArchive]
    /// The digest of all package indices that the release files name: equal digests, equal packages.
    package let indices: Digest

    /// Puts a look together.
    package init(archives: [LockedArchive], indices: Digest) {
        self.archives = archives
        self.indices = indices
    }
}

/// Asks the archives; the stage resolve comes in through this.
package protocol ArchiveLooking: Sendable {
    /// The release files: signature, date and validity checked. None may be older than that of `previous`.
    ///
    /// - Throws: What the check throws: an archive that went back, is over, or is just being updated.
    func look(since previous: VersionsLock, progress: @escaping ProgressSink) async throws -> ArchiveLook
    /// The lock that the archives give today.
    func resolve(from previous: VersionsLock, progress: @escaping ProgressSink) async throws -> VersionsLock
}
