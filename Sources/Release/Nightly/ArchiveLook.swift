// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile

/// Debian's archives as described by their signed release files, which are all that a night has to fetch at first.
package struct ArchiveLook: Hashable, Sendable {
    /// The archives, each with the digest and the date of its release file.
    package let archives: [LockedArchive]
    /// The digest of all package indices of the release files: equal digests mean equal packages.
    package let indices: Digest

    /// Creates a look.
    package init(archives: [LockedArchive], indices: Digest) {
        self.archives = archives
        self.indices = indices
    }
}

/// Reads the archives; implemented with the stage resolve.
package protocol ArchiveLooking: Sendable {
    /// The release files, with verified signature, date and validity. None may be older than that of `previous`.
    ///
    /// - Throws: The errors of the verification: an archive that went back, has expired, or is being updated.
    func look(since previous: VersionsLock, progress: @escaping ProgressSink) async throws -> ArchiveLook
    /// The lock that the archives give now.
    func resolve(from previous: VersionsLock, progress: @escaping ProgressSink) async throws -> VersionsLock
}
