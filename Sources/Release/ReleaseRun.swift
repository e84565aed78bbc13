// SPDX-License-Identifier: Apache-2.0

import Core
import Registry

/// The result of a call of `release`.
package enum ReleaseOutcome: Sendable {
    /// Nothing changed since the last release.
    case nothingToDo
    /// An unfinished release was finished, and nothing changed since.
    case finished(ReleaseRecord)
    /// A new version was released.
    case released(ReleaseRecord, PlannedRelease)
}

/// One call of `release`: finishes an unfinished release, then checks the preconditions, plans and publishes.
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

    /// Publishes a release for `request` and the changes since the last release.
    ///
    /// - Throws: `ReleaseError` and the errors of the stages; before the commit point nothing is visible then.
    package func run(_ request: ReleaseRequest, progress: @escaping ProgressSink) async throws -> ReleaseOutcome {
        let tip = try await preflight.tip()
        let finished = try await releaser.finishPending(at: tip, progress: progress)
        let base = try await preflight.base(tip: tip)
        guard let planned = try await planner.plan(request, on: base, progress: progress) else {
            return finished.map { .finished($0) } ?? .nothingToDo
        }
        return .released(try await publish(planned, progress: progress), planned)
    }

    /// Publishes the planned release, after the last checks.
    func publish(_ planned: PlannedRelease, progress: @escaping ProgressSink) async throws -> ReleaseRecord {
        let repository = releaser.repository
        try await preflight.checkIsFree(planned.plan, in: repository)
        try await preflight.checkIsPushable(planned.plan)
        try await preflight.checkIsWritable(repository)
        progress(.note("Releasing \(planned.plan.version) to \(repository.name)."))
        return try await releaser.release(planned.plan, progress: progress)
    }
}
