// SPDX-License-Identifier: Apache-2.0

import Core
import FoundationEssentials
import Lockfile

/// What the last look at the archives came to, in a file that is not committed. Losing it costs a resolution at most.
struct NightlyMemory: Hashable, Codable, Sendable {
    /// The file.
    static let name = "nightly.json"

    /// The lock that was compared with, and the definition that it was made from.
    let lock: Digest
    /// The release files.
    let archives: ArchivesSeen
    /// The indices that give that lock's packages.
    let indices: Digest

    init(_ look: ArchiveLook, of lock: VersionsLock) {
        self.lock = Digest(of: lock.serialized())
        indices = look.indices
        archives = ArchivesSeen(look.archives)
    }

    /// What the file says; `nil` for one that is not there or cannot be read.
    init?(_ bytes: [UInt8]?) {
        guard let bytes, let memory = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = memory
    }
}
