// SPDX-License-Identifier: Apache-2.0

import Claims

/// The vantage point of an attempt. Most capability mistakes are invisible to the agent, and a shared IPC namespace is
/// invisible from inside the container.
package enum VantagePoint: String, Codable, CaseIterable, Comparable, Sendable {
    /// The user of the container, without capabilities.
    case agent
    /// UID 0 of the container, with the profile's capabilities.
    case root
    /// The host of the container.
    case host

    package static func < (left: VantagePoint, right: VantagePoint) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// The result of one probe from one vantage point.
package struct ProbeResult: Hashable, Sendable {
    /// The probe.
    package let probe: ProbeID
    /// The vantage point.
    package let vantage: VantagePoint
    /// The outcome.
    package let outcome: Outcome

    /// Creates a result.
    package init(_ probe: ProbeID, _ vantage: VantagePoint, _ outcome: Outcome) {
        self.probe = probe
        self.vantage = vantage
        self.outcome = outcome
    }
}
