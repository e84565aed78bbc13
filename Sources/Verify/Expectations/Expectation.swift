// SPDX-License-Identifier: Apache-2.0

import Claims

/// The outcome that a probe must have for its claim to hold. Errno values must match exactly.
package enum Expected: Hashable, Sendable {
    /// One of these. More than one is allowed only where kernels differ by configuration.
    case oneOf([Outcome])
    /// A list (`value:a,b`, or `value:none`) with no other items than these.
    case onlyItems([String])
    /// Any outcome, the same of each process: informational only.
    case fact
    /// Any outcomes: processes that came there in different ways may differ.
    case varyingFact

    /// Whether nothing is required.
    package var isFact: Bool { self == .fact || self == .varyingFact }

    /// Returns whether `outcome` matches; `nil` for a fact.
    package func accepts(_ outcome: Outcome) -> Bool? {
        switch self {
        case .oneOf(let outcomes): return outcomes.contains(outcome)
        case .onlyItems(let allowed):
            guard case .value(let list) = outcome else { return false }
            return list == "none" || list.split(separator: ",").allSatisfy { allowed.contains(String($0)) }
        case .fact, .varyingFact: return nil
        }
    }
}

extension Expected: CustomStringConvertible {
    package var description: String {
        switch self {
        case .oneOf(let outcomes): outcomes.map(\.description).joined(separator: " or ")
        case .onlyItems(let allowed): allowed.isEmpty ? "nothing" : "nothing but " + allowed.joined(separator: ", ")
        case .fact, .varyingFact: "-"
        }
    }
}

/// A probe, run from one vantage point, with the required outcome.
package struct Expectation: Hashable, Sendable {
    /// The probe.
    package let probe: ProbeID
    /// The vantage point.
    package let vantage: VantagePoint
    /// The required outcome.
    package let expected: Expected

    /// Creates an expectation of `probe` from `vantage`.
    package init(_ probe: ProbeID, _ vantage: VantagePoint, _ expected: Expected) {
        self.probe = probe
        self.vantage = vantage
        self.expected = expected
    }
}
