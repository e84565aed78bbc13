// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Lockfile

/// What the caller asks of a release.
package struct ReleaseRequest: Sendable {
    /// Who decides that there is one.
    package enum Occasion: Hashable, Sendable {
        /// A maintainer: everything that is ready goes with it.
        case maintainer
        /// New packages, at night: what people wrote under Unreleased waits, unless the image itself changed too.
        case nightly
    }

    /// Who decides that there is one.
    package var occasion: Occasion
    /// The step that was asked for; `nil` is what the changes ask for.
    package var step: VersionStep?
    /// The claims whose weakening was asked for.
    package var acceptedClaims: Set<String>
    /// The lock to release; `nil` is the committed one.
    package var lock: VersionsLock?
    /// What signatures call the image: `registry.example/team/image`.
    package var repository: String
    /// What is in the image.
    package var kind: ImageKind
    /// Who commits.
    package var author: (name: String, mail: String)

    /// Puts a request together.
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

/// A release that is decided, with the reasons.
package struct PlannedRelease: Sendable {
    /// What is going to be done.
    package let plan: ReleasePlan
    /// How far the version goes, and why; `nil` for the first release.
    package let decision: VersionDecision?
    /// What changed, and what is known about it; `nil` for the first release.
    package let report: UpdateReport?
    /// What the changelog says of it.
    package let notes: ReleaseNotes
}
