// SPDX-License-Identifier: Apache-2.0

import Core
import ImageDefinition

/// The difference between the next version and the last one (semver.org).
package enum VersionStep: String, Sendable, Hashable, Comparable, CaseIterable {
    /// Nothing changed and there is nothing to release.
    case none
    /// Fixes only: newer versions of the same packages, and entries under Fixed and Security.
    case patch
    /// Something is new or different.
    case minor
    /// Something breaks for users.
    case major

    package static func < (left: Self, right: Self) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }

    /// The next version after `version`; unchanged for `none`.
    package func next(after version: SemanticVersion) -> SemanticVersion {
        switch self {
        case .none: version
        case .patch: SemanticVersion(version.major, version.minor, version.patch + 1)
        case .minor: SemanticVersion(version.major, version.minor + 1, 0)
        case .major: SemanticVersion(version.major + 1, 0, 0)
        }
    }
}

/// A reason for a step, as a clause.
package struct VersionReason: Sendable, Hashable {
    /// The step that it requires.
    package let step: VersionStep
    /// The clause, such as "openssl 3.0.19-1 -> 3.0.19-2".
    package let text: String

    /// Creates a reason.
    package init(step: VersionStep, text: String) {
        self.step = step
        self.text = text
    }
}

/// The next version and the reasons for it (claims C23 and C24).
package struct VersionDecision: Sendable, Hashable {
    /// The largest step of all reasons; `none` without reasons.
    package let step: VersionStep
    /// All reasons, the largest steps first.
    package let reasons: [VersionReason]
    /// Weaker hardening that was accepted explicitly.
    package let accepted: [HardeningChange]
    /// Weaker hardening that was not accepted: it blocks the release.
    package let refused: [HardeningChange]

    /// The claims that must be accepted for the release, sorted.
    package var claimsToAccept: [String] { Set(refused.flatMap(\.claims)).sorted() }
}
