// SPDX-License-Identifier: Apache-2.0

/// What a probe must find for its claim to hold. Exact: EPERM is not EACCES is not ENOSYS.
package enum Expected: Hashable, Sendable {
    /// One of these. More than one only where kernels differ by their configuration.
    case oneOf([Outcome])
    /// A list (`value:a,b`, or `value:none`) without any other item than these.
    case onlyItems([String])
    /// Nothing: printed, never promised.
    case fact

    /// Whether `outcome` is as expected; `nil` for a fact.
    package func accepts(_ outcome: Outcome) -> Bool? {
        switch self {
        case .oneOf(let outcomes): return outcomes.contains(outcome)
        case .onlyItems(let allowed):
            guard case .value(let list) = outcome else { return false }
            return list == "none" || list.split(separator: ",").allSatisfy { allowed.contains(String($0)) }
        case .fact: return nil
        }
    }
}

extension Expected: CustomStringConvertible {
    package var description: String {
        switch self {
        case .oneOf(let outcomes): outcomes.map(\.description).joined(separator: " or ")
        case .onlyItems(let allowed): allowed.isEmpty ? "nothing" : "nothing but " + allowed.joined(separator: ", ")
        case .fact: "-"
        }
    }
}

/// One probe from one vantage point, and what it must find.
package struct Expectation: Hashable, Sendable {
    /// The name of the probe.
    package let probe: String
    /// From where it looks.
    package let vantage: VantagePoint
    /// What it must find.
    package let expected: Expected

    /// An expectation of `probe` as seen from `vantage`.
    package init(_ probe: String, _ vantage: VantagePoint, _ expected: Expected) {
        self.probe = probe
        self.vantage = vantage
        self.expected = expected
    }
}
