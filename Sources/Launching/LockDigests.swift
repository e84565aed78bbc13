// SPDX-License-Identifier: Apache-2.0

import Core

/// The digests of a lock's text. Images name that of the canonical text, and a lock that this program wrote is canonical:
/// it is read only when its text is not the image's, since that takes longer than all else before a start.
package struct LockDigests: Sendable {
    /// The digest of the text in the file.
    let written: Digest
    /// The digest of the canonical text; `nil` for a lock that cannot be read.
    let canonical: @Sendable () -> Digest?

    /// Creates the digests of a lock.
    package init(written: Digest, canonical: @escaping @Sendable () -> Digest?) {
        (self.written, self.canonical) = (written, canonical)
    }
}
