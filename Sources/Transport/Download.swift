// SPDX-License-Identifier: Apache-2.0

import Core

/// One content to get, and the places that may have it.
package struct Download: Sendable, Hashable {
    /// What it is called in progress and in errors, such as "git_2.39.5-0+deb12u2_amd64.deb".
    package let name: String
    /// The places, in the order in which they are asked; `http`, `https` or `file` addresses.
    package let urls: [String]
    /// The digest it must have; `nil` when that is to be found out.
    package let digest: Digest?
    /// The bytes it must have; `nil` when that is not known.
    package let size: UInt64?

    /// A content called `name`.
    package init(name: String, urls: [String], digest: Digest?, size: UInt64?) {
        self.name = name
        self.urls = urls
        self.digest = digest
        self.size = size
    }
}
