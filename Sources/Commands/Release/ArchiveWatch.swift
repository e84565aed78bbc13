// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import ImageDefinition
import Lockfile
import Release
import Resolve
import Transport

/// The stage resolve for `nightly`: uses the mirrors, never snapshots.
struct ArchiveWatch: ArchiveLooking {
    let definition: ImageDefinition
    /// The other files of the work tree.
    let files: DefinitionFiles
    let store: Store
    let environment: CommandEnvironment
    let downloads: DownloadOptions
    let expired: ExpiryRule

    func look(since previous: VersionsLock, progress: @escaping ProgressSink) async throws -> ArchiveLook {
        let state = try await resolver().look(request(), previous: previous, progress: progress)
        return ArchiveLook(archives: state.archives, indices: state.indices)
    }

    func resolve(from previous: VersionsLock, progress: @escaping ProgressSink) async throws -> VersionsLock {
        try await resolver().resolve(request(), previous: previous, update: .all, progress: progress)
    }

    private func resolver() throws -> Resolver {
        Resolver(
            store: store, source: Downloader(store: store, settings: environment.transport), check: SignatureCheck(),
            archives: try downloads.archives(codename: definition.codename, environment)
                + files.repositories(of: definition),
            now: Timestamp(seconds: environment.now), expired: expired, service: downloads.service)
    }

    private func request() throws -> ResolveRequest {
        try ResolveRequest(definition, files: files.packages(of: definition, into: store))
    }
}
