// SPDX-License-Identifier: Apache-2.0

import Core
import FoundationEssentials
import Lockfile

/// The result of the last check of the archives, in an untracked file. Without it one resolution more is needed.
struct NightlyMemory: Hashable, Codable, Sendable {
    /// The file.
    static let name = "nightly.json"

    /// The lock that was compared, and the definition of that lock.
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

    /// The content of the file; `nil` when it does not exist or cannot be parsed.
    init?(_ bytes: [UInt8]?) {
        guard let bytes, let memory = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = memory
    }
}
