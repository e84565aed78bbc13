// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// Starts a container as `run` would, observes it from three vantage points, and judges the observations.
package struct Verifier: Sendable {
    /// The engine that runs the container.
    package let engine: any ContainerEngine
    /// The static program that runs inside the container.
    package let probe: FilePath
    /// The image's program that runs a command as the user.
    package let enter: String

    /// Creates a verifier.
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

    /// Returns the report on `subject`.
    ///
    /// - Throws: `EngineError` when the container does not start, `FileError`, `VerifyError`.
    package func verify(_ subject: VerifySubject, progress: @escaping ProgressSink) async throws -> VerifyReport {
        progress(.began(step: "verify", total: nil, unit: .items))
        let results = try await observeAnything(subject, progress)
        let report = Judge.judge(
            results: results, catalogue: ExpectationCatalogue(for: ExpectedContainer(subject, on: engine)),
            claims: subject.claims,
            about: ReportSubject(
                image: subject.image, profile: subject.profile, engine: engine.facts, composition: subject.composition))
        progress(.ended(step: "verify", summary: report.summary))
        return report
    }

    /// Observes an image whose entrypoint does not start without the entrypoint.
    private func observeAnything(
        _ subject: VerifySubject, _ progress: @escaping ProgressSink
    ) async throws -> [ProbeResult] {
        do { return try await observe(subject, startedAs: subject.plan, progress: progress) } catch let error
            as EngineError where !subject.entrypoint.isEmpty
        {
            progress(.warning("\(error.sentence) The image is checked without its entrypoint."))
            var bare = subject
            bare.entrypoint = []
            return try await observe(bare, startedAs: subject.plan, progress: progress)
        }
    }

    /// Observes a container of `plan` in the place of the subject's own. The two plans differ in tests of the verifier,
    /// which must notice the difference. Failed observations are missing from the results, and missing is red.
    ///
    /// - Throws: `EngineError` when the container does not start, `FileError`.
    package func observe(
        _ subject: VerifySubject, startedAs plan: ContainerPlan, progress: @escaping ProgressSink
    ) async throws -> [ProbeResult] {
        let fixtures = try ProbeFixtures(probe: probe, scratch: engine.scratch, absentFrom: plan.lowerDirectories)
        defer { fixtures.remove() }
        let ended = [Ended(), Ended(), Ended()]
        let plain = await PlainRun(verifier: self, subject: subject, ended: ended[2], progress: progress)
            .look(fixtures.plain(plan, for: subject))
        let beside = fixtures.peer(of: plan, for: subject)
        var results = try await withPeer(beside, ended[1], progress) { peer in
            var fixtures = fixtures
            fixtures.peerAddresses = await peer?.addresses() ?? []
            return try await engine.launch(fixtures.added(to: plan, for: subject)) { [fixtures] container in
                ended[0].note(container)
                let observation = Observation(
                    verifier: self, subject: subject, container: container, progress: progress, fixtures: fixtures,
                    plain: plain, peer: peer)
                return await observation.watched()
            }
        }
        for trace in ended { results += await trace.results(engine) }
        return fixtures.neutral(results)
    }

    /// Runs `body` while a peer container runs; a peer that does not start is reported as a warning.
    private func withPeer(
        _ plan: ContainerPlan, _ ended: Ended, _ progress: ProgressSink,
        _ body: ((any StartedContainer)?) async throws -> [ProbeResult]
    ) async throws -> [ProbeResult] {
        var isStarted = false
        do {
            return try await engine.launch(plan) { container in
                isStarted = true
                ended.note(container)
                return try await body(try await container.says("waiting") ? container : nil)
            }
        } catch let error as any UserFacingError where !isStarted {
            progress(.warning("peer: \(error.sentence)"))
            return try await body(nil)
        }
    }
}

extension Verifier {
    /// One more process in a container: as root, or as the user through the image's own program.
    func process(
        _ arguments: [String], as vantage: VantagePoint, in container: any StartedContainer, of subject: VerifySubject
    ) -> ProcessPlan {
        let plan = subject.plan
        let asUser = vantage == .agent && plan.userID != 0
        // In an image without that program, the user's process runs as root, and is judged so.
        let entrance = FilePath(String(enter.drop { $0 == "/" }))
        let enters =
            vantage == .agent && plan.userID == 0 && ImageFiles(root: container.rootfs).status(of: entrance) != nil
        return ProcessPlan(
            arguments: enters ? [enter] + arguments : arguments, environment: plan.environment,
            uid: asUser ? subject.userID : 0, gid: asUser ? subject.groupID : 0,
            capabilities: plan.profile.capabilities)
    }
}

extension StartedContainer {
    /// The addresses that its first process, the probe, printed: IPv4 addresses, at most four.
    func addresses() async -> [String] {
        let lines = String(decoding: (try? await output(limit: 1 << 16)) ?? [], as: UTF8.self).split(separator: "\n")
        let found = lines.compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard words.count == 2, words[0] == "address" else { return nil }
            var address = in_addr()
            return inet_pton(AF_INET, String(words[1]), &address) == 1 ? String(words[1]) : nil
        }
        return Array(found.prefix(4))
    }

    /// Waits at most ten seconds for a line of output of its first process.
    func says(_ line: String) async throws -> Bool {
        for _ in 0..<1000 {
            let lines = try await output(limit: 1 << 20).split(separator: UInt8(ascii: "\n"))
            if lines.contains(where: { $0.elementsEqual(line.utf8) }) { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}
