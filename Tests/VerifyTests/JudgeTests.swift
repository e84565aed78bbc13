// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Testing
import Verify

@Suite struct JudgeTests {
    static let subject = ReportSubject(image: Digest(of: [1]), profile: Digest(of: [2]), engine: ["runtime": "none"])

    static func report(
        _ expected: Expected, _ outcomes: [Outcome], proof: Claim.Proof = .probe, extra: [ProbeResult] = []
    ) throws -> VerifyReport {
        let claim = Claim(id: "C01", title: "a title", proof: proof, probes: [.mount(.list)])
        return Judge.judge(
            results: outcomes.map { ProbeResult(.mount(.list), .agent, $0) } + extra,
            catalogue: ExpectationCatalogue(expectations: [Expectation(.mount(.list), .agent, expected)]),
            claims: [claim],
            about: subject)
    }

    @Test(arguments: [
        // The expectation, the outcomes, and the resulting status of the claim.
        (Expected.oneOf(["errno:EPERM"]), ["errno:EPERM"] as [Outcome], ClaimStatus.green),
        (.oneOf(["errno:EPERM"]), ["errno:EACCES"], .red),
        (.oneOf(["errno:EPERM"]), ["errno:ENOSYS"], .red),
        (.oneOf(["errno:EPERM"]), ["ok"], .red),
        (.oneOf(["errno:EPERM"]), [], .red),
        (.oneOf(["errno:EPERM"]), ["timeout"], .red),
        (.oneOf(["errno:EPERM"]), ["signal:11"], .red),
        (.oneOf(["errno:EPERM"]), ["errno"], .red),
        (.oneOf(["errno:EPERM"]), [""], .red),
        (.oneOf(["errno:EPERM"]), ["skipped:no reason"], .skipped),
        (.oneOf(["errno:EPERM"]), ["errno:EPERM", "ok"], .red),
        (.oneOf(["errno:EPERM"]), ["errno:EPERM", "errno:EPERM"], .green),
        (.oneOf(["errno:EPERM", "ok"]), ["ok"], .green),
        (.oneOf(["value:1"]), ["value:1"], .green),
        (.oneOf(["value:1"]), ["value:11"], .red),
        (.onlyItems([]), ["value:none"], .green),
        (.onlyItems([]), ["value:/a"], .red),
        (.onlyItems(["/a", "/b"]), ["value:/b,/a"], .green),
        (.onlyItems(["/a"]), ["value:/a,/b"], .red),
        (.onlyItems(["/a"]), ["value:/a/b"], .red),
        (.onlyItems([]), ["errno:ENOENT"], .red),
        (.onlyItems([]), ["ok"], .red),
        (.fact, ["value:anything"], .red),
    ])
    func claimFollowsItsEvidence(expected: Expected, outcomes: [Outcome], status: ClaimStatus) throws {
        let report = try Self.report(expected, outcomes)
        #expect(report.claims.map(\.status) == [status])
        #expect(report.passed == (status != .red))
    }

    @Test("Results of several processes agree, unless they may differ")
    func severalResults() {
        for (expected, verdict) in [(Expected.fact, Verdict.red), (.varyingFact, .fact), (.oneOf(["ok"]), .red)] {
            let results: [ProbeResult] = ["ok", "value:2"].map { ProbeResult(.mount(.list), .root, $0) }
            let catalogue = ExpectationCatalogue(expectations: [Expectation(.mount(.list), .root, expected)])
            let report = Judge.judge(results: results, catalogue: catalogue, claims: [], about: Self.subject)
            #expect(report.others.map(\.verdict) == [verdict])
        }
    }

    @Test func knownProbeFromElsewhereIsAFact() throws {
        let report = try Self.report(.oneOf(["ok"]), ["ok"], extra: [ProbeResult(.mount(.list), .root, "errno:EPERM")])
        #expect(report.passed)
        #expect(report.count(.fact) == 1)
    }

    @Test func claimOnAProbeThatIsNotThereIsRed() throws {
        let claim = Claim(id: "C02", title: "a title", proof: .policy, probes: [], unknownProbes: ["gone"])
        let report = Judge.judge(
            results: [], catalogue: ExpectationCatalogue(expectations: []), claims: [claim], about: Self.subject)
        #expect(report.claims.map(\.status) == [.red])
    }

    @Test func claimByPolicyAloneIsStated() throws {
        let claim = Claim(id: "C02", title: "a title", proof: .policy, probes: [])
        let report = Judge.judge(
            results: [], catalogue: ExpectationCatalogue(expectations: []), claims: [claim], about: Self.subject)
        #expect(report.claims.map(\.status) == [.stated])
        #expect(report.passed)
    }
}
