// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Lockfile
import Transport

/// Compares two locks, with the packages from the store and the mirrors.
struct PackageChanges: Sendable {
    let store: Store
    let downloads: DownloadOptions
    let environment: CommandEnvironment
    /// Snapshots of Debian's security data, if any.
    var data = SecurityData.none

    /// Returns the report for two arbitrary locks.
    ///
    /// - Throws: `TransportError` when a package is not available, errors of the analysis.
    func report(
        from old: VersionsLock, to new: VersionsLock, progress: @escaping ProgressSink
    ) async throws -> UpdateReport {
        let files = MirrorPackages(
            store: store, downloader: Downloader(store: store, settings: environment.transport),
            mirrors: try downloads.mirrors(lock: new, environment),
            oldMirrors: try downloads.mirrors(lock: old, environment), progress: progress)
        return try await ChangeAnalyst(files: files, data: data).report(from: old, to: new)
    }
}
