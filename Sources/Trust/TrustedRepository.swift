// SPDX-License-Identifier: Apache-2.0

import Core
import Signing

/// A repository with its trusted keys and rules.
package struct TrustedRepository: Hashable, Sendable {
    /// A key with its expiry.
    package struct Key: Hashable, Sendable {
        /// The key.
        package let key: PublicKey
        /// The last moment when it is trusted; `nil` for no expiry.
        package let notAfter: Timestamp?

        /// Creates a key.
        package init(key: PublicKey, notAfter: Timestamp? = nil) {
            self.key = key
            self.notAfter = notAfter
        }
    }

    /// `registry/path`, as in signatures.
    package let name: String
    /// One key, or two during a rotation.
    package let keys: [Key]
    /// The oldest accepted version.
    package let minimumVersion: SemanticVersion?
    /// The tag that `run` uses.
    package let tag: String
    /// What the signed provenance of an image must name; `nil` for no requirement.
    package let build: ExpectedBuild?

    /// Creates a repository.
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

    /// The keys that are valid at `now`.
    package func keys(at now: Timestamp) -> [Key] { keys.filter { $0.notAfter.map { now <= $0 } ?? true } }

    /// The expired keys.
    func expiredKeys(at now: Timestamp) -> [Key] { keys.filter { $0.notAfter.map { now > $0 } ?? false } }
}
