// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import SystemPackage

/// Starts a container as `run` would, looks at it from three sides, and judges what was seen.
package struct Verifier: Sendable {
    /// What runs the container.
    package let engine: any ContainerEngine
    /// The static program that runs inside it.
    package let probe: FilePath
    /// How an image's own programs are found: what leads from a root process to the user.
    package let enter: String

    /// A verifier.
    ///
    /// - Parameters:
    ///   - probe: The executable `Probe` of this build.
    ///   - enter: The image's program that runs a command as the user.
    /// - Throws: `VerifyError.probeMissing`.
    package init(
        engine: any ContainerEngine, probe: FilePath, enter: String = "/usr/local/libexec/opencode-docker/enter"
    ) throws {
        guard Files.exists(probe) else { throw VerifyError.probeMissing(probe) }
        self.engine = engine
        self.probe = probe
        self.enter = enter
    }

    /// The report on `subject`.
    ///
    /// - Throws: `EngineError` when the container does not start, `FileError`, `VerifyError`.
    package func verify(_ subject: VerifySubject, progress: @escaping ProgressSink) async throws -> VerifyReport {
        progress(.began(step: "verify", total: nil, unit: .items))
        let results = try await observe(subject, startedAs: subject.plan, progress: progress)
        let report = Judge.judge(
            results: results, catalogue: Catalogue(for: ExpectedContainer(subject, on: engine)),
            claims: subject.claims,
            about: ReportSubject(
                image: subject.image, profile: subject.profile, engine: engine.facts, composition: subject.composition))
        progress(.ended(step: "verify", summary: report.summary))
        return report
    }

    /// What is to be seen when `subject` is looked at while `plan` runs. The two differ where the verifier itself is put
    /// to the test: it must notice. What cannot be observed is missing from the results, and missing is red.
    ///
    /// - Throws: `EngineError` when the container does not start, `FileError`.
    package func observe(
        _ subject: VerifySubject, startedAs plan: ContainerPlan, progress: @escaping ProgressSink
    ) async throws -> [ProbeResult] {
        let equipment = try Equipment(probe: probe, scratch: engine.scratch)
        defer { equipment.remove() }
        let ended = Ended()
        let results = try await engine.launch(equipment.added(to: plan, for: subject)) { container in
            ended.note(container)
            let observation = Observation(verifier: self, subject: subject, container: container, progress: progress)
            return await observation.everything(equipment)
        }
        return await results + ended.results(engine)
    }
}
