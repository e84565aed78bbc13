// SPDX-License-Identifier: Apache-2.0

import Core
import Registry

/// What a call of `release` came to.
package enum ReleaseOutcome: Sendable {
    /// Nothing changed since the last release.
    case nothingToDo
    /// A release that was half done is done now, and nothing changed since.
    case finished(ReleaseRecord)
    /// There is a new version.
    case released(ReleaseRecord, PlannedRelease)
}

/// One call of `release`: what was begun is finished, then it is looked whether a release may begin, decided what it
/// is, and done.
package struct ReleaseRun: Sendable {
    let preflight: Preflight
    let planner: ReleasePlanner
    let releaser: Releaser

    /// A release run.
    package init(preflight: Preflight, planner: ReleasePlanner, releaser: Releaser) {
        self.preflight = preflight
        self.planner = planner
        self.releaser = releaser
    }

    /// Releases what `request` and the changes since the last release ask for.
    ///
    /// - Throws: `ReleaseError` and what the stages throw; before the commit point nothing is visible then.
    package func run(_ request: ReleaseRequest, progress: @escaping ProgressSink) async throws -> ReleaseOutcome {
        let tip = try await preflight.tip()
        let finished = try await releaser.finishPending(at: tip, progress: progress)
        let base = try await preflight.base(tip: tip)
        guard let planned = try await planner.plan(request, on: base, progress: progress) else {
            return finished.map { .finished($0) } ?? .nothingToDo
        }
        return .released(try await publish(planned, progress: progress), planned)
    }

    /// Publishes what was planned, unless it may not be.
    func publish(_ planned: PlannedRelease, progress: @escaping ProgressSink) async throws -> ReleaseRecord {
        let repository = releaser.repository
        try await preflight.checkIsFree(planned.plan, in: repository)
        try await preflight.checkIsWritable(repository)
        progress(.note("Releasing \(planned.plan.version) to \(repository.name)."))
        return try await releaser.release(planned.plan, progress: progress)
    }
}
