// SPDX-License-Identifier: Apache-2.0

import Core
import Signing

/// A repository and those whose word counts for what is in it.
package struct TrustedRepository: Hashable, Sendable {
    /// A key with the end of its time.
    package struct Key: Hashable, Sendable {
        /// The key.
        package let key: PublicKey
        /// The last moment it is believed; `nil` is without end.
        package let notAfter: Timestamp?

        /// Puts a key together.
        package init(key: PublicKey, notAfter: Timestamp? = nil) {
            self.key = key
            self.notAfter = notAfter
        }
    }

    /// `registry/path`, as signatures name it.
    package let name: String
    /// One key, or two while one follows the other.
    package let keys: [Key]
    /// The oldest version that is taken.
    package let minimumVersion: SemanticVersion?
    /// The tag that `run` takes.
    package let tag: String
    /// What the signed provenance of an image must say; `nil` where it is not asked.
    package let build: ExpectedBuild?

    /// Puts a repository together.
    package init(
        name: String, keys: [Key], minimumVersion: SemanticVersion? = nil, tag: String = "latest",
        build: ExpectedBuild? = nil
    ) {
        self.name = name
        self.keys = keys
        self.minimumVersion = minimumVersion
        self.tag = tag
        self.build = build
    }

    /// The keys whose time is not over at `now`.
    package func keys(at now: Timestamp) -> [Key] { keys.filter { $0.notAfter.map { now <= $0 } ?? true } }

    /// The keys whose time is over.
    func expiredKeys(at now: Timestamp) -> [Key] { keys.filter { $0.notAfter.map { now > $0 } ?? false } }
}
