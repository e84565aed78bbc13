// SPDX-License-Identifier: Apache-2.0

import Claims

/// Turns observations into a verdict: a pure function of the results, without an engine.
///
/// It fails closed: missing, contradictory and late results are red; skipped ones are counted, never green.
package enum Judge {
    /// Returns the report on `results`.
    package static func judge(
        results: [ProbeResult], catalogue: ExpectationCatalogue, claims: [Claim], about subject: ReportSubject
    ) -> VerifyReport {
        var told: Set<ProbeResult> = []
        let findings = findings(results.filter { told.insert($0).inserted }, catalogue)
        let verdicts = claims.map { verdict(on: $0, findings) }
        let carried = Set(claims.flatMap(\.probeNames))
        return VerifyReport(
            subject: subject, claims: verdicts, others: findings.filter { !carried.contains($0.probe) })
    }

    private struct Place: Hashable {
        var probe: ProbeID
        var vantage: VantagePoint
    }

    /// One finding for each expectation, then facts for results that nothing is required of.
    private static func findings(_ results: [ProbeResult], _ catalogue: ExpectationCatalogue) -> [Finding] {
        let observed = Dictionary(grouping: results) { Place(probe: $0.probe, vantage: $0.vantage) }
        let expected = catalogue.expectations.map { expectation in
            let place = Place(probe: expectation.probe, vantage: expectation.vantage)
            return finding(expectation, Set((observed[place] ?? []).map(\.outcome)))
        }
        let places = Set(catalogue.expectations.map { Place(probe: $0.probe, vantage: $0.vantage) })
        let surplus = results.filter { !places.contains(Place(probe: $0.probe, vantage: $0.vantage)) }.map {
            // Nothing is required of the probe from this vantage point.
            Finding(
                probe: $0.probe.name, vantage: $0.vantage, expected: "-", actual: $0.outcome.description,
                verdict: .fact)
        }
        return expected + surplus
    }

    private static func finding(_ expectation: Expectation, _ outcomes: Set<Outcome>) -> Finding {
        let actual = outcomes.map(\.description).sorted().joined(separator: " and ")
        return Finding(
            probe: expectation.probe.name, vantage: expectation.vantage, expected: expectation.expected.description,
            actual: outcomes.isEmpty ? "missing" : actual, verdict: verdict(expectation.expected, outcomes))
    }

    private static func verdict(_ expected: Expected, _ outcomes: Set<Outcome>) -> Verdict {
        if expected == .varyingFact, !outcomes.isEmpty { return .fact }
        guard let outcome = outcomes.first, outcomes.count == 1 else { return .red }
        if let accepted = expected.accepts(outcome), accepted { return .green }
        if case .skipped = outcome { return .skipped }
        return expected == .fact ? .fact : .red
    }

    private static func verdict(on claim: Claim, _ all: [Finding]) -> ClaimVerdict {
        let absent = claim.probeNames.filter { probe in !all.contains { $0.probe == probe } }.map {
            Finding(probe: $0, vantage: .host, expected: "a probe", actual: "no such probe", verdict: .red)
        }
        let findings = all.filter { claim.probeNames.contains($0.probe) } + absent
        return ClaimVerdict(claim: claim, status: status(of: claim, findings.map(\.verdict)), findings: findings)
    }

    /// A claim needs a green finding to be green: facts and skipped probes prove nothing.
    private static func status(of claim: Claim, _ verdicts: [Verdict]) -> ClaimStatus {
        if verdicts.contains(.red) { return .red }
        if verdicts.contains(.green) { return .green }
        if verdicts.contains(.skipped) { return .skipped }
        return claim.proof == .policy && verdicts.isEmpty ? .stated : .red
    }
}
