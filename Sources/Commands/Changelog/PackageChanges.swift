// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Lockfile
import Transport

/// Finds out what changed between two locks, with the packages that the store and the mirrors have.
struct PackageChanges: Sendable {
    let store: Store
    let downloads: DownloadOptions
    let environment: CommandEnvironment
    /// Snapshots of Debian's security data, where there are any.
    var data = SecurityData.none

    /// The report, for locks that may differ in anything.
    ///
    /// - Throws: `TransportError` when a package cannot be had, and what the analysis throws.
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
