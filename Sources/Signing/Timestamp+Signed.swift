// SPDX-License-Identifier: Apache-2.0

import Core

extension Timestamp {
    /// Parses a time in a signed document: `2026-01-31T00:00:00Z`, and nothing else.
    ///
    /// - Throws: `SigningError.malformedTime`.
    package init(_ text: String) throws(SigningError) {
        guard let time = Timestamp(rfc3339: text) else { throw .malformedTime }
        self = time
    }
}
