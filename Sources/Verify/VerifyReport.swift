// SPDX-License-Identifier: Apache-2.0

import Claims
import Core

/// The verdict on a finding.
package enum Verdict: String, Codable, CaseIterable, Sendable {
    /// The outcome is as expected.
    case green
    /// The outcome is unexpected, missing, late, unknown or contradictory.
    case red
    /// The attempt was impossible.
    case skipped
    /// Informational only.
    case fact
}

/// The status of a claim.
package enum ClaimStatus: String, Codable, CaseIterable, Sendable {
    /// Proved.
    case green
    /// Disproved, or not proved.
    case red
    /// None of its probes could run here.
    case skipped
    /// A policy claim, proved by this program's own tests or by the text: no container can show it.
    case stated
}

/// The expected and actual outcome of one probe from one vantage point.
package struct Finding: Hashable, Codable, Sendable {
    /// The name of the probe.
    package let probe: String
    /// The vantage point.
    package let vantage: VantagePoint
    /// The expected outcome.
    package let expected: String
    /// The actual outcome, or `missing`.
    package let actual: String
    /// The verdict.
    package let verdict: Verdict
}

/// A claim with its evidence.
package struct ClaimVerdict: Hashable, Sendable {
    /// The claim.
    package let claim: Claim
    /// The claim's status.
    package let status: ClaimStatus
    /// The evidence.
    package let findings: [Finding]
}

/// The subject of a report; the report is valid for nothing else.
package struct ReportSubject: Hashable, Codable, Sendable {
    /// The image that ran.
    package let image: Digest
    /// The hardening profile it ran under.
    package let profile: Digest
    /// Facts about the machine and its runtime, by name; informational only.
    package let engine: [String: String]
    /// The contents of the image, if known.
    package let composition: ImageComposition?

    /// Creates a subject.
    package init(
        image: Digest, profile: Digest, engine: [String: String], composition: ImageComposition? = nil
    ) {
        self.image = image
        self.profile = profile
        self.engine = engine
        self.composition = composition
    }
}

/// The result of `verify`.
package struct VerifyReport: Hashable, Sendable {
    /// The subject.
    package let subject: ReportSubject
    /// The claims, in the definition's order.
    package let claims: [ClaimVerdict]
    /// Findings that belong to no claim: facts, and unexpected results.
    package let others: [Finding]

    /// Whether nothing is red.
    package var passed: Bool { !findings.contains { $0.verdict == .red } && !claims.contains { $0.status == .red } }

    /// Every finding once.
    package var findings: [Finding] {
        var seen: Set<Finding> = []
        return (claims.flatMap(\.findings) + others).filter { seen.insert($0).inserted }
    }

    /// The number of findings with that verdict.
    package func count(_ verdict: Verdict) -> Int { findings.count { $0.verdict == verdict } }
}
