// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile
import SystemPackage

/// Where the packages' files come from: the mirrors, or a test's directory.
package protocol PackageFileReading: Sendable {
    /// The files of all of `packages`, by digest.
    ///
    /// - Throws: When one cannot be had.
    func files(of packages: [LockedPackage]) async throws -> [Digest: FilePath]

    /// The file of a package that archives need not have any more; `nil` when it cannot be had.
    ///
    /// - Throws: When something else is wrong than that.
    func fileIfThere(of package: LockedPackage) async throws -> FilePath?
}
