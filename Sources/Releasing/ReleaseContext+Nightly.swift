// SPDX-License-Identifier: Apache-2.0

import Core
import ImageBuilding
import Release
import Resolve
import Signing
import SystemPackage

extension ReleaseContext {
    /// Shows what the nightly job would do.
    ///
    /// - Throws: `ReleaseError`, errors of the archives.
    package func rehearsedNight(
        _ request: ReleaseRequest, progress: @escaping ProgressSink
    ) async throws -> NightlyOutcome {
        try await look().run(request, progress: progress)
    }

    /// Runs the nightly job.
    ///
    /// - Throws: `ReleaseError`, errors of the archives and the stages.
    package func night(
        _ request: ReleaseRequest, key: SigningKey, progress: @escaping ProgressSink
    ) async throws -> NightlyOutcome {
        let night = NightlyRun(
            run: try releaseRun(key), look: await look(),
            heartbeats: HeartbeatPublisher(repository: repository, key: key), now: now)
        return try await alone { try await night.run(request, progress: progress) }
    }

    private func look() async -> NightlyLook {
        let (host, now, expired) = (host, now, await ExpiryRule.ofMachine())
        let files = DefinitionFiles(
            directory: project.pushing(FilePath(ProjectState.definitionPath)).removingLastComponent())
        return NightlyLook(
            preflight: preflight, planner: planner,
            archives: { ArchiveWatch(definition: $0, files: files, host: host, now: now, expired: expired) },
            memory: JournalDirectory(memory.appending("nightly")),
            heartbeat: LastHeartbeat(repository: repository, trusted: trusted, now: now))
    }
}
