// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile
import SystemPackage

/// Provides the files of packages: from mirrors, or from a test's directory.
package protocol PackageFileReading: Sendable {
    /// Returns the files of all `packages` by digest.
    ///
    /// - Throws: When a file is not available.
    func files(of packages: [LockedPackage]) async throws -> [Digest: FilePath]

    /// Returns the file of a package that archives may have removed; nil when it is not available.
    ///
    /// - Throws: Any other error.
    func fileIfThere(of package: LockedPackage) async throws -> FilePath?
}
