// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import ImageBuilding
import ImageDefinition
import Lockfile
import Release
import Resolve

/// The stage resolve for `nightly`: uses the mirrors, never snapshots.
struct ArchiveWatch: ArchiveLooking {
    let definition: ImageDefinition
    /// The other files of the work tree.
    let files: DefinitionFiles
    let host: BuildHost
    let now: Int64
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
            store: host.store, source: host.sources.downloader(into: host.store), check: SignatureCheck(),
            archives: try host.sources.archives(codename: definition.codename) + files.repositories(of: definition),
            now: Timestamp(seconds: now), expired: expired, service: host.sources.service)
    }

    private func request() throws -> ResolveRequest {
        try ResolveRequest(definition, files: files.packages(of: definition, into: host.store))
    }
}
