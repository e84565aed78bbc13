// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Engine
import Testing
import Verify

@Suite(.serialized, .enabled(if: Fixture.isPossible, "needs root and OPENCODE_DOCKER_TRIAL_ROOT"))
struct VerifyIntegrationTests {
    @Test func containerHoldsItsClaims() async throws {
        try await Fixture.with { fixture in
            let clock = ContinuousClock()
            let start = clock.now
            let report = try await fixture.verifier.verify(fixture.subject) { event in
                if case .warning(let text) = event { Issue.record("\(text)") }
            }
            #expect(report.rows.filter { $0.status == .red }.flatMap(\.remarks) == [])
            #expect(report.stray == [])
            #expect(report.passed)
            #expect(clock.now - start < .seconds(60))
        }
    }

    /// The profile without capabilities, without sudo, with a read-only root file system.
    @Test func strictContainerHoldsItsClaims() async throws {
        try await Fixture.with { fixture in
            var subject = fixture.subject
            subject.plan.userID = 1000
            subject.plan.groupID = 1000
            subject.plan.environment.append("HOME=/home/opencode")
            subject.plan.profile.name = "strict"
            subject.plan.profile.capabilities = []
            subject.plan.profile.sudo = false
            subject.plan.profile.readOnlyRoot = true
            subject.plan.profile.temporaryFileSystems.append(
                TemporaryFileSystem(
                    target: "/home/opencode", options: ["nosuid", "nodev", "mode=0700", "uid=1000", "gid=1000"]))
            let report = try await fixture.verifier.verify(subject) { _ in }
            #expect(report.rows.filter { $0.status == .red }.flatMap(\.remarks) == [])
            #expect(report.stray == [])
        }
    }

    /// A package from the network, through sudo.
    @Test func packageIsInstalled() async throws {
        try await Fixture.with { fixture in
            var subject = fixture.subject
            subject.plan.profile.network = .full
            subject.installs = true
            let report = try await fixture.verifier.verify(subject) { _ in }
            #expect(report.rows.filter { $0.status == .red }.flatMap(\.remarks) == [])
            let finding = try #require(report.findings.first { $0.probe == "sudo.apt_install" })
            // Without a reachable mirror it is skipped.
            #expect(finding.actual == "value:0" || finding.actual == "skipped:no mirror can be reached")
        }
    }
}

/// Applies each weakening to a real container, whose claims must turn red. `OPENCODE_DOCKER_RECORDING` names the output
/// file of the recording for the tests without an engine; `OPENCODE_DOCKER_WEAKENINGS` selects weakenings, separated by
/// commas.
@Suite(.serialized, .enabled(if: Fixture.isPossible, "needs root and OPENCODE_DOCKER_TRIAL_ROOT"))
struct WeakeningIntegrationTests {
    @Test func everyWeakeningIsNoticed() async throws {
        try await Fixture.with { fixture in
            var recording = Recording(try await fixture.results(of: fixture.subject))
            #expect(fixture.red(recording.results) == [])
            for weakening in Weakening.chosen {
                do {
                    var subject = fixture.subject
                    try await weakening.change(&subject, fixture.directory)
                    let results = try await fixture.results(of: subject)
                    recording.add(weakening, results)
                    // The recording is written each time, because a run takes minutes.
                    try recording.write()
                    #expect(Set(fixture.red(results)).isSuperset(of: weakening.claims), "\(weakening.name)")
                } catch {
                    Issue.record("\(weakening.name): \(error)")
                }
            }
            recording.add(
                Weakening("something is left", ["C11"]) { _, _ in }, try await fixture.whileItRuns(recording.results))
            try recording.write()
        }
    }
}

extension Fixture {
    /// The results of a changed subject by a verifier that does not know of the change.
    func results(of changed: VerifySubject) async throws -> [ProbeResult] {
        var known = changed
        known.plan.mounts = subject.plan.mounts
        return try await verifier.observe(known, startedAs: changed.plan) { _ in }
    }

    /// The IDs of the claims that these results turn red.
    func red(_ results: [ProbeResult]) -> [String] {
        let catalogue = ExpectationCatalogue(for: ExpectedContainer(subject, on: verifier.engine))
        let about = ReportSubject(image: subject.image, profile: subject.profile, engine: [:])
        let report = Judge.judge(results: results, catalogue: catalogue, claims: subject.claims, about: about)
        return report.claims.filter { $0.status == .red }.map(\.claim.id)
    }

    /// The results with the remains of a container that has not ended.
    func whileItRuns(_ results: [ProbeResult]) async throws -> [ProbeResult] {
        var plan = subject.plan
        plan.arguments = ["/bin/sleep", "60"]
        let left = try await verifier.engine.launch(plan) { container in
            let ended = Ended()
            ended.note(container)
            return await ended.results(verifier.engine)
        }
        return results.filter { !EndProbe.all.contains($0.probe) } + left
    }
}
