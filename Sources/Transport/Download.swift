// SPDX-License-Identifier: Apache-2.0

import Core

/// One content to download, and the addresses that may have it.
package struct Download: Sendable, Hashable {
    /// Its name in progress and errors, such as "git_2.39.5-0+deb12u2_amd64.deb".
    package let name: String
    /// The addresses, in the order in which they are tried; `http`, `https` or `file`.
    package let urls: [String]
    /// The expected digest; `nil` when it is not known.
    package let digest: Digest?
    /// The expected size; `nil` when it is not known.
    package let size: UInt64?

    /// A content with the name `name`.
    package init(name: String, urls: [String], digest: Digest?, size: UInt64?) {
        self.name = name
        self.urls = urls
        self.digest = digest
        self.size = size
    }
}
