// SPDX-License-Identifier: Apache-2.0

import Claims
import Testing
import Verify

/// A probe that nothing turns red proves nothing: each weakening of the container must turn the affected claims red.
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
        let touched = try #require(Recorded.recording.mutations[name]?.claims)
        #expect(!touched.isEmpty)
        #expect(try Self.red(Recorded.results(weakenedBy: name)).isSuperset(of: touched))
    }

    /// The recorded claims, probes and weakenings have no complaints.
    @Test func everyClaimAndEveryProbeIsTurnedRedByAWeakening() throws {
        #expect(try Evidence.recorded().complaints() == [])
    }

    /// The test above must fail for a probe that does not check anything: here each probe of a claim is replaced, in
    /// every recorded run, by one that always has the expected outcome.
    @Test(arguments: Set(Recorded.catalogue.evidence).subtracting(Evidence.watched).sorted())
    func probeThatAlwaysPassesIsNoticed(probe: ProbeID) throws {
        let complaints = try Evidence.recorded().replacing(probe).complaints()
        #expect(complaints.contains("\(probe) carries a claim, and no weakening turns it red"))
    }

    /// Some of these probes alone detect a weakening; others are backed by a second probe.
    @Test func someClaimsRestOnOneProbe() throws {
        let evidence = try Evidence.recorded()
        let alone = Recorded.catalogue.evidence.filter { probe in
            evidence.replacing(probe).complaints().contains { $0.hasPrefix("weakening") }
        }
        #expect(
            alone.isSuperset(of: [
                .controlGroup(.pidsMax), .image(.labels), .health(.broken), .imageFile(.setIDSudo),
            ]))
    }

    /// Without the result of an expectation, its claims are red.
    @Test func missingResultIsRed() throws {
        let claims = try Repository.claims()
        for expectation in Recorded.catalogue.expectations where !expectation.expected.isFact {
            let rest = Recorded.baseline.filter {
                $0.probe != expectation.probe || $0.vantage != expectation.vantage
            }
            let touched = Set(claims.filter { $0.probes.contains(expectation.probe) }.map(\.id))
            let report = try Self.report(rest)
            #expect(Set(report.claims.filter { $0.status == .red }.map(\.claim.id)) == touched, "\(expectation.probe)")
            #expect(!report.passed, "\(expectation.probe)")
        }
    }
}

/// The probes that each recorded weakening turned red.
struct Evidence {
    private var turned: [String: Set<ProbeID>]
    private let claims: [Claim]

    static let watched = Set(ExpectationCatalogue.watched.values.flatMap(\.self))

    static func recorded() throws -> Evidence { try recording.get() }

    private static let recording = Result {
        Evidence(
            turned: try Recorded.recording.mutations.keys.reduce(into: [:]) { turned, name in
                let findings = try MutationTests.report(Recorded.results(weakenedBy: name)).findings
                turned[name] = Set(findings.filter { $0.verdict == .red }.compactMap { ProbeID(named: $0.probe) })
            }, claims: try Repository.claims())
    }

    /// The evidence with a probe that always passes in place of `probe`.
    func replacing(_ probe: ProbeID) -> Evidence {
        var copy = self
        copy.turned = turned.mapValues { $0.subtracting([probe]) }
        return copy
    }

    /// A sentence for each undetected weakening, each claim that no weakening affects, and each probe that none turns
    /// red.
    func complaints() -> [String] {
        let noticed = turned.mapValues { red in
            Set(claims.filter { !red.isDisjoint(with: $0.probes) }.map(\.id))
        }
        let unnoticed = Recorded.recording.mutations.filter { name, mutation in
            !(noticed[name] ?? []).isSuperset(of: mutation.claims)
        }.keys.map { "weakening '\($0)' is not noticed" }
        let lost = Set(noticed.values.joined())
        let safe = claims.filter { !$0.probes.isEmpty && !lost.contains($0.id) }.map { "no weakening costs \($0.id)" }
        let red = Set(turned.values.joined())
        let blind = Recorded.catalogue.evidence.subtracting(red).subtracting(Self.watched).map {
            "\($0) carries a claim, and no weakening turns it red"
        }
        let awake = Self.watched.intersection(red).map { "\($0) is turned red, and could carry a claim" }
        return (unnoticed + safe + blind + awake).sorted()
    }
}
