// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// The plan of a release, made before anything is changed: a function of the last release and the current state.
package struct ReleasePlan: Hashable, Codable, Sendable {
    /// The version to release.
    package let version: SemanticVersion
    /// The previous version; `nil` for the first release.
    package let previous: SemanticVersion?
    /// The parent commit; the release is the next one on `branch`.
    package let parent: GitObject
    /// The branch.
    package let branch: String
    /// The image's name in signatures: `registry.example/team/image`.
    package let repository: String
    /// Whether the image contains the agent.
    package let kind: ImageKind
    /// The committer and the date; the date is also that of the signatures.
    package let signature: GitSignature
    /// The files that the release changes, by path, with their whole text.
    package let files: [String: String]
    /// The message of the commit and the tag.
    package let message: String

    /// Creates a plan.
    package init(
        version: SemanticVersion, previous: SemanticVersion?, parent: GitObject, branch: String, repository: String,
        kind: ImageKind, signature: GitSignature, files: [String: String], message: String
    ) {
        self.version = version
        self.previous = previous
        self.parent = parent
        self.branch = branch
        self.repository = repository
        self.kind = kind
        self.signature = signature
        self.files = files
        self.message = message
    }

    /// The tags of the image, the one that never moves first.
    package var tags: [String] { kind.tags(of: version) }

    /// The digest of the plan: equal plans have equal digests.
    var digest: Digest {
        get throws { Digest(of: try CanonicalJSON.encode(self)) }
    }
}
