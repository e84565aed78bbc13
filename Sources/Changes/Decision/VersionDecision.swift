// SPDX-License-Identifier: Apache-2.0

import Core
import ImageDefinition

/// How far the next version is from the last one (semver.org).
package enum VersionStep: String, Sendable, Hashable, Comparable, CaseIterable {
    /// Nothing changed: there is nothing to release.
    case none
    /// Only mended: newer versions of the same packages, and what is listed under Fixed and Security.
    case patch
    /// Something is new or different.
    case minor
    /// Something breaks for users.
    case major

    package static func < (left: Self, right: Self) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }

    /// The version that many steps after `version`; the same one for `none`.
    package func next(after version: SemanticVersion) -> SemanticVersion {
        switch self {
        case .none: version
        case .patch: SemanticVersion(version.major, version.minor, version.patch + 1)
        case .minor: SemanticVersion(version.major, version.minor + 1, 0)
        case .major: SemanticVersion(version.major + 1, 0, 0)
        }
    }
}

/// One thing that asks for a step, as a clause for people.
package struct VersionReason: Sendable, Hashable {
    /// The step it asks for.
    package let step: VersionStep
    /// What it is, such as "openssl 3.0.19-1 -> 3.0.19-2".
    package let text: String

    /// A reason of these parts.
    package init(step: VersionStep, text: String) {
        self.step = step
        self.text = text
    }
}

/// The next version, decided from what changed, and why (claims C23 and C24).
package struct VersionDecision: Sendable, Hashable {
    /// The largest step that a reason asks for; `none` without any.
    package let step: VersionStep
    /// All reasons, the largest steps first.
    package let reasons: [VersionReason]
    /// Weaker hardening that was asked for in so many words.
    package let accepted: [HardeningChange]
    /// Weaker hardening that was not: with any of it there must be no release.
    package let refused: [HardeningChange]

    /// The claims that have to be named for the release to be made, in order.
    package var claimsToAccept: [String] { Set(refused.flatMap(\.claims)).sorted() }
}
