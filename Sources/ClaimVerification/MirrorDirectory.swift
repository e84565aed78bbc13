// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Engine
import SystemPackage

/// The machine's Debian mirrors as apt sources for a container, mounted read-only over the image's, which name the
/// snapshot of the lock. Nothing else of the machine's apt configuration is passed: neither other archives nor
/// credentials.
struct MirrorDirectory {
    private let directory: FilePath

    /// Writes the sources below the temporary directory of `store`; `nil` when the machine has no Debian mirror.
    ///
    /// - Throws: `FileError`.
    init?(_ archives: [ArchiveSource], in store: Store) throws {
        guard let sources = AptSourceList(archives) else { return nil }
        directory = store.temporaryPath()
        try Files.makeDirectories(directory)
        try Files.write(Array(sources.text.utf8), to: directory.appending("debian.sources"))
    }

    /// The mount over apt's sources in the container.
    var mount: BindMount { BindMount(source: directory, target: "/etc/apt/sources.list.d") }

    /// Removes the directory.
    func remove() { try? Files.removeTree(directory) }
}
