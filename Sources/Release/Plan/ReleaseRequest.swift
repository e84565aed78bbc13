// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Lockfile

/// The caller's request for a release.
package struct ReleaseRequest: Sendable {
    /// Who requests the release.
    package enum Occasion: Hashable, Sendable {
        /// A maintainer: all entries under Unreleased are included.
        case maintainer
        /// A nightly run with new packages: entries under Unreleased wait, unless the image itself changed too.
        case nightly
    }

    /// Who requests the release.
    package var occasion: Occasion
    /// The requested step; `nil` derives it from the changes.
    package var step: VersionStep?
    /// The claims whose weakening is accepted.
    package var acceptedClaims: Set<String>
    /// The lock to release; `nil` is the committed one.
    package var lock: VersionsLock?
    /// The image's name in signatures: `registry.example/team/image`.
    package var repository: String
    /// Whether the image contains the agent.
    package var kind: ImageKind
    /// The committer.
    package var author: (name: String, mail: String)

    /// Creates a request.
    package init(
        occasion: Occasion, step: VersionStep? = nil, acceptedClaims: Set<String> = [], lock: VersionsLock? = nil,
        repository: String, kind: ImageKind = .full, author: (name: String, mail: String)
    ) {
        self.occasion = occasion
        self.step = step
        self.acceptedClaims = acceptedClaims
        self.lock = lock
        self.repository = repository
        self.kind = kind
        self.author = author
    }
}

/// A planned release, with the reasons.
package struct PlannedRelease: Sendable {
    /// The plan.
    package let plan: ReleasePlan
    /// The step of the version, and why; `nil` for the first release.
    package let decision: VersionDecision?
    /// The changes with their evidence; `nil` for the first release.
    package let report: UpdateReport?
    /// The changelog entries.
    package let notes: ReleaseNotes
}
