// SPDX-License-Identifier: Apache-2.0

import Core
import ImageComparison
import Lockfile
import OCI
import SystemPackage

extension DiffSubject {
    /// Parses `oci:DIR[:TAG]`, or reads the lock file of that name.
    ///
    /// - Parameter compression: The preferred compression, when a layout has two images for the platform.
    /// - Throws: `CommandError`, `LockError`, `OCIError`, `FileError`.
    init(_ text: String, platform: Platform, preferring compression: LayerCompression) throws {
        if let layout = try LayoutReference(text) {
            self = .image(try layout.image(for: platform, preferring: compression))
        } else {
            guard Files.exists(FilePath(text)) else { throw CommandError.notComparable(text) }
            self = .lock(try VersionsLock.load(FilePath(text)))
        }
    }
}
