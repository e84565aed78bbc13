// SPDX-License-Identifier: Apache-2.0

import Claims
import Engine

/// All probes with their required outcomes in a given container.
package struct ExpectationCatalogue: Hashable, Sendable {
    /// One expectation per probe and vantage point.
    package let expectations: [Expectation]

    /// Creates a catalogue from given expectations.
    package init(expectations: [Expectation]) { self.expectations = expectations }

    /// Creates the expectations of `container`.
    package init(for container: ExpectedContainer) {
        let all =
            Self.identity(container) + Self.processes(container) + Self.gain(container) + Self.setID(container)
            + Self.granted(container) + Self.canaries + Self.namespaces + Self.mounts(container) + Self.systemCalls
            + Self.kernelFiles(container) + Self.controlGroups(container) + Self.devices + Self.network(container)
            + Self.image(container) + Self.work(container) + Self.hostSide(container) + Self.policies(container)
            + Self.peer + Self.hostKeys + Self.secret
        expectations = all.map { expectation in
            container.engineDefined.contains(expectation.probe)
                ? Expectation(expectation.probe, expectation.vantage, .fact) : expectation
        }
    }

    /// All probes.
    package var probes: Set<ProbeID> { Set(expectations.map(\.probe)) }

    /// The probes that can prove a claim, because an outcome is required of them.
    package var evidence: Set<ProbeID> { Set(expectations.filter { !$0.expected.isFact }.map(\.probe)) }
}

// Shorthands for the tables.
extension ExpectationCatalogue {
    static func agent(_ probe: ProbeID, _ outcomes: Outcome...) -> [Expectation] {
        [Expectation(probe, .agent, .oneOf(outcomes))]
    }

    static func root(_ probe: ProbeID, _ outcomes: Outcome...) -> [Expectation] {
        [Expectation(probe, .root, .oneOf(outcomes))]
    }

    static func host(_ probe: ProbeID, _ outcomes: Outcome...) -> [Expectation] {
        [Expectation(probe, .host, .oneOf(outcomes))]
    }

    static func inside(_ probe: ProbeID, _ outcomes: Outcome...) -> [Expectation] {
        [VantagePoint.agent, .root].map { Expectation(probe, $0, .oneOf(outcomes)) }
    }

    static func inside(_ probe: ProbeID, onlyItems items: [String]) -> [Expectation] {
        [VantagePoint.agent, .root].map { Expectation(probe, $0, .onlyItems(items)) }
    }

    /// The same outcomes for each of `probes`, from both vantage points.
    static func all(_ probes: [some ProbeTopic], _ outcomes: Outcome...) -> [Expectation] {
        each(probes, agent: outcomes, root: outcomes)
    }

    /// Outcomes for the user and for root, for each of `probes`.
    static func each(_ probes: [some ProbeTopic], agent: [Outcome], root: [Outcome]) -> [Expectation] {
        probes.map { ProbeID($0) }.flatMap {
            [Expectation($0, .agent, .oneOf(agent)), Expectation($0, .root, .oneOf(root))]
        }
    }

    static func fact(_ probe: ProbeID, _ vantages: VantagePoint...) -> [Expectation] {
        vantages.map { Expectation(probe, $0, .fact) }
    }
}
