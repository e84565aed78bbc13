// SPDX-License-Identifier: Apache-2.0

import Core
import Testing
import Verify

/// A probe that nothing can turn red is no evidence: each weakening of the container must cost the claims it touches.
@Suite struct MutationTests {
    static func report(_ results: [ProbeResult]) throws -> VerifyReport {
        Judge.judge(
            results: results, catalogue: Recorded.catalogue, claims: try Repository.claims(), about: JudgeTests.subject)
    }

    static func red(_ results: [ProbeResult]) throws -> Set<String> {
        Set(try report(results).claims.filter { $0.status == .red }.map(\.claim.id))
    }

    @Test func unchangedContainerHasNoRedClaim() throws {
        let report = try Self.report(Recorded.baseline)
        #expect(report.rows.flatMap(\.remarks).filter { !$0.contains("skipped:") } == [])
        #expect(report.passed)
    }

    @Test(arguments: Recorded.recording.mutations.keys.sorted())
    func weakeningIsNoticed(name: String) throws {
        let expected = try #require(Weakening.claims[name] ?? (name.hasPrefix("+") ? ["C08"] : nil))
        #expect(try Self.red(Recorded.results(weakenedBy: name)).isSuperset(of: expected))
    }

    @Test func everyProbedClaimIsTurnedRedByAWeakening() throws {
        var turned: Set<String> = []
        for name in Recorded.recording.mutations.keys {
            turned.formUnion(try Self.red(Recorded.results(weakenedBy: name)))
        }
        let claims = try Repository.claims().filter { !$0.probes.isEmpty }.map(\.id)
        #expect(Set(claims).subtracting(turned) == [])
    }

    /// Every expectation, one at a time: without its result, its claims are red.
    @Test func missingResultIsRed() throws {
        let claims = try Repository.claims()
        for expectation in Recorded.catalogue.expectations where expectation.expected != .fact {
            let rest = Recorded.baseline.filter {
                $0.probe != expectation.probe || $0.vantage != expectation.vantage
            }
            let touched = Set(claims.filter { $0.probes.contains(expectation.probe) }.map(\.id))
            #expect(try Self.red(rest) == touched, "\(expectation.probe)")
        }
    }
}

/// The weakenings that were recorded, and the claims that must not survive them.
enum Weakening {
    static let claims: [String: Set<String>] = [
        "all capabilities": ["C08", "C23"],
        "no seccomp": ["C02", "C03", "C18", "C19"],
        "no no-new-privileges": ["C09"],
        "host pid": ["C03", "C05"],
        "host network": ["C03", "C05"],
        "host ipc": ["C03", "C05"],
        "host uts": ["C03"],
        "engine socket": ["C02", "C05"],
        "another mount": ["C02"],
        "read-only mount writable": ["C14"],
        "workspace read-only": ["C06"],
        "no process limit": ["C26"],
        "nothing masked": ["C19"],
        "nothing read-only": ["C19"],
        "set-uid file": ["C18"],
        "file capability": ["C18"],
        "listening port": ["C18"],
        "another package": ["C15"],
        "another release": ["C07"],
        "other host keys": ["C12"],
        "health check says yes": ["C16"],
        "no sudo": ["C10"],
        "user is root": ["C10"],
        "no label": ["C17"],
        "something is left": ["C11"],
    ]
}
