// SPDX-License-Identifier: Apache-2.0

/// From where an attempt was made. Most capability mistakes are invisible to the agent, and a shared IPC namespace is
/// invisible to everybody inside.
package enum VantagePoint: String, Codable, CaseIterable, Comparable, Sendable {
    /// The user of the container, without any capability.
    case agent
    /// User 0 of the container with the capabilities of the profile.
    case root
    /// The machine that the container runs on.
    case host

    package static func < (left: VantagePoint, right: VantagePoint) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What one probe saw from one vantage point.
package struct ProbeResult: Hashable, Sendable {
    /// The name of the probe.
    package let probe: String
    /// From where.
    package let vantage: VantagePoint
    /// What came of it.
    package let outcome: Outcome

    /// A result as it was observed.
    package init(_ probe: String, _ vantage: VantagePoint, _ outcome: Outcome) {
        self.probe = probe
        self.vantage = vantage
        self.outcome = outcome
    }
}
