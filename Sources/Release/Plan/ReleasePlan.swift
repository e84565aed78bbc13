// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// What a release is going to do, decided before anything happens: a function of the last release and of what is there
/// now.
package struct ReleasePlan: Hashable, Codable, Sendable {
    /// The version that is released.
    package let version: SemanticVersion
    /// The one before; `nil` for the first release.
    package let previous: SemanticVersion?
    /// The commit it is made from; the release is the next one on `branch`.
    package let parent: GitObject
    /// The branch it goes on.
    package let branch: String
    /// What signatures call the image: `registry.example/team/image`.
    package let repository: String
    /// What is in the image.
    package let kind: ImageKind
    /// Who commits, and when; the moment also dates the signatures.
    package let signature: GitSignature
    /// The files that the release changes, by path: text, all of it.
    package let files: [String: String]
    /// What the commit and the tag say.
    package let message: String

    /// Puts a plan together.
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

    /// Equal plans, equal digests.
    var digest: Digest {
        get throws { Digest(of: try CanonicalJSON.encode(self)) }
    }
}
