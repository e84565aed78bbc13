// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import ImageDefinition
import Lockfile

/// What a night came to.
package struct NightlyOutcome: Sendable {
    /// What the archives answered.
    package let answer: NightlyAnswer
    /// The newest release, as it is now.
    package let newest: ReleaseRecord
    /// What was released, or would be; `nil` where nothing moved.
    package let planned: PlannedRelease?
    /// A release of another night that was half done, and is done now.
    package let finished: ReleaseRecord?
    /// The signed word that somebody looked; `nil` where nothing was to be published.
    package let heartbeat: Digest?
}

/// A look at the archives, and at what a night would release.
package struct NightlyLook: Sendable {
    let preflight: Preflight
    let planner: ReleasePlanner
    private let archives: @Sendable (ImageDefinition) -> any ArchiveLooking
    private let memory: any JournalFiles
    private let heartbeat: LastHeartbeat

    /// A look.
    ///
    /// - Parameters:
    ///   - archives: The archives of a definition.
    ///   - memory: Where the last look of this machine is remembered.
    ///   - heartbeat: Where that of any machine is.
    package init(
        preflight: Preflight, planner: ReleasePlanner,
        archives: @escaping @Sendable (ImageDefinition) -> any ArchiveLooking, memory: any JournalFiles,
        heartbeat: LastHeartbeat
    ) {
        self.preflight = preflight
        self.planner = planner
        self.archives = archives
        self.memory = memory
        self.heartbeat = heartbeat
    }

    /// Only looks, and says what would be done.
    ///
    /// - Throws: `ReleaseError`, and what the archives throw.
    package func run(_ request: ReleaseRequest, progress: @escaping ProgressSink) async throws -> NightlyOutcome {
        try await run(request, on: try await preflight.base(tip: preflight.tip()), progress)
    }

    func run(
        _ request: ReleaseRequest, on base: ReleaseBase, _ progress: @escaping ProgressSink
    ) async throws -> NightlyOutcome {
        guard let last = base.releases.first else { throw ReleaseError.noRelease }
        let git = planner.git
        guard let bytes = try await git.file(ReleaseRecord.path, in: last.commit),
            let lock = try await git.file(ProjectState.lockPath, in: last.commit),
            let text = try await git.file(ProjectState.definitionPath, in: base.head)
        else { throw ReleaseError.record(last.version.gitTag) }
        let released = try VersionsLock(parsing: lock, file: "\(ProjectState.lockPath) of \(last.version.gitTag)")
        let definition = try ImageDefinition(
            parsing: String(decoding: text, as: UTF8.self), file: ProjectState.definitionPath)
        let newest = try ReleaseRecord(parsing: bytes, of: last.version.gitTag)
        let answer = try await NightlyCheck(archives: archives(definition), memory: memory)
            .run(
                released: released, inputs: definition.inputsDigest, heartbeat: try await heartbeat.about(newest),
                progress: progress)
        return NightlyOutcome(
            answer: answer, newest: newest,
            planned: try await plan(answer, request, base, progress), finished: nil, heartbeat: nil)
    }

    private func plan(
        _ answer: NightlyAnswer, _ request: ReleaseRequest, _ base: ReleaseBase, _ progress: @escaping ProgressSink
    ) async throws -> PlannedRelease? {
        guard case .changed(let lock, _) = answer else { return nil }
        var request = request
        request.lock = lock
        return try await planner.plan(request, on: base, progress: progress)
    }
}

/// One night: what was begun is finished, the archives are asked as little as possible, and only where packages of ours
/// moved something is built. In any case it is said, signed, that somebody looked.
package struct NightlyRun: Sendable {
    private let run: ReleaseRun
    private let look: NightlyLook
    private let heartbeats: HeartbeatPublisher
    private let now: Int64

    /// A night.
    ///
    /// - Parameter now: Seconds since 1970.
    package init(run: ReleaseRun, look: NightlyLook, heartbeats: HeartbeatPublisher, now: Int64) {
        self.run = run
        self.look = look
        self.heartbeats = heartbeats
        self.now = now
    }

    /// Looks, releases where that is due, and publishes a heartbeat.
    ///
    /// - Throws: `ReleaseError`, and what the archives, the stages and the repository throw; then all is as it was, or
    ///   a release goes on the next time.
    package func run(_ request: ReleaseRequest, progress: @escaping ProgressSink) async throws -> NightlyOutcome {
        let tip = try await run.preflight.tip()
        let finished = try await run.releaser.finishPending(at: tip, progress: progress)
        let seen = try await look.run(request, on: try await run.preflight.base(tip: tip), progress)
        var newest = seen.newest
        if let planned = seen.planned { newest = try await run.publish(planned, progress: progress) }
        let heartbeat = try await heartbeats.publish(newest, seen.answer.look, now: now)
        return NightlyOutcome(
            answer: seen.answer, newest: newest, planned: seen.planned, finished: finished, heartbeat: heartbeat)
    }
}
