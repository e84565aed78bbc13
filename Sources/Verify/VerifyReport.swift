// SPDX-License-Identifier: Apache-2.0

import Core

/// What a finding says about its claim.
package enum Verdict: String, Codable, CaseIterable, Sendable {
    /// As expected.
    case green
    /// Not as expected, missing, late, unknown or contradictory.
    case red
    /// Could not be tried.
    case skipped
    /// Printed, never promised.
    case fact
}

/// What is to be said about a claim.
package enum ClaimStatus: String, Codable, CaseIterable, Sendable {
    /// Shown to hold.
    case green
    /// Shown not to hold, or not shown.
    case red
    /// Nothing of it could be tried here.
    case skipped
    /// Proved by this program's own tests, or by being said: no container can show it.
    case stated
}

/// One probe from one vantage point: what it should have found, and what it found.
package struct Finding: Hashable, Codable, Sendable {
    /// The name of the probe.
    package let probe: String
    /// From where it looked.
    package let vantage: VantagePoint
    /// What it should have found.
    package let expected: String
    /// What it found, or `missing`.
    package let actual: String
    /// What that means.
    package let verdict: Verdict
}

/// A claim with its evidence.
package struct ClaimVerdict: Hashable, Sendable {
    /// What was claimed.
    package let claim: Claim
    /// What is to be said about it.
    package let status: ClaimStatus
    /// The evidence.
    package let findings: [Finding]
}

/// What a report is about; it holds for nothing else.
package struct ReportSubject: Hashable, Codable, Sendable {
    /// The image that ran.
    package let image: Digest
    /// The hardening profile it ran under.
    package let profile: Digest
    /// What the machine and its runtime are like, by name. Facts, never promises.
    package let engine: [String: String]
    /// What the image is made of, where that is known.
    package let composition: ImageComposition?

    /// Names what is reported on.
    package init(
        image: Digest, profile: Digest, engine: [String: String], composition: ImageComposition? = nil
    ) {
        self.image = image
        self.profile = profile
        self.engine = engine
        self.composition = composition
    }
}

/// The answer of `verify`.
package struct VerifyReport: Hashable, Sendable {
    /// What was looked at.
    package let subject: ReportSubject
    /// Claim by claim, in the definition's order.
    package let claims: [ClaimVerdict]
    /// Findings that no claim rests on: facts, and results that should not exist.
    package let others: [Finding]

    /// Whether nothing is red.
    package var passed: Bool { !findings.contains { $0.verdict == .red } && !claims.contains { $0.status == .red } }

    /// Every finding once.
    package var findings: [Finding] {
        var seen: Set<Finding> = []
        return (claims.flatMap(\.findings) + others).filter { seen.insert($0).inserted }
    }

    /// How many findings have that verdict.
    package func count(_ verdict: Verdict) -> Int { findings.count { $0.verdict == verdict } }
}
