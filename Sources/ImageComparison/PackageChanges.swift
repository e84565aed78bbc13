// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import ImageBuilding
import Lockfile

/// Compares two locks, with the packages from the store and the mirrors.
package struct PackageChanges: Sendable {
    private let host: BuildHost
    private let data: SecurityData

    /// Creates a comparison.
    ///
    /// - Parameter data: Snapshots of Debian's security data, if any.
    package init(host: BuildHost, data: SecurityData = .none) { (self.host, self.data) = (host, data) }

    /// Returns the report for two arbitrary locks.
    ///
    /// - Throws: `TransportError` when a package is not available, errors of the analysis.
    package func report(
        from old: VersionsLock, to new: VersionsLock, progress: @escaping ProgressSink
    ) async throws -> UpdateReport {
        let files = MirrorPackages(
            store: host.store, downloader: host.sources.downloader(into: host.store),
            mirrors: try host.sources.mirrors(of: new), oldMirrors: try host.sources.mirrors(of: old),
            progress: progress)
        return try await ChangeAnalyst(files: files, data: data).report(from: old, to: new)
    }
}
