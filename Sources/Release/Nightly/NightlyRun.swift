// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import ImageDefinition
import Lockfile

/// The result of a nightly run.
package struct NightlyOutcome: Sendable {
    /// The result of the check of the archives.
    package let answer: NightlyAnswer
    /// The newest release at the end of the run.
    package let newest: ReleaseRecord
    /// What was released, or would be; `nil` when nothing moved.
    package let planned: PlannedRelease?
    /// An earlier release that was unfinished, and was finished by this run.
    package let finished: ReleaseRecord?
    /// The signed heartbeat; `nil` when none was due.
    package let heartbeat: Digest?
}

/// A check of the archives, and of what a nightly run would release.
package struct NightlyLook: Sendable {
    let preflight: Preflight
    let planner: ReleasePlanner
    private let archives: @Sendable (ImageDefinition) -> any ArchiveLooking
    private let memory: any JournalFiles
    private let heartbeat: LastHeartbeat

    /// Creates a check.
    ///
    /// - Parameters:
    ///   - archives: The archives of a definition.
    ///   - memory: The record of this machine's last check.
    ///   - heartbeat: The record of any machine's last check.
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

    /// Only checks, and returns what a run would do.
    ///
    /// - Throws: `ReleaseError`, and the archives' errors.
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

/// One nightly run: finishes an unfinished release, checks the archives with as few downloads as possible, and builds
/// only when packages of the image moved. It always publishes a heartbeat.
package struct NightlyRun: Sendable {
    private let run: ReleaseRun
    private let look: NightlyLook
    private let heartbeats: HeartbeatPublisher
    private let now: Int64

    /// Creates a run.
    ///
    /// - Parameter now: Seconds since 1970.
    package init(run: ReleaseRun, look: NightlyLook, heartbeats: HeartbeatPublisher, now: Int64) {
        self.run = run
        self.look = look
        self.heartbeats = heartbeats
        self.now = now
    }

    /// Checks, releases if needed, and publishes a heartbeat.
    ///
    /// - Throws: `ReleaseError`, and the errors of the archives, the stages and the repository; either nothing has
    ///   changed then, or the release is finished the next time.
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
