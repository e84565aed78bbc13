// SPDX-License-Identifier: Apache-2.0

import Core

/// Why `hardening.yaml` was refused, with the place.
package struct HardeningError: UserFacingError, Hashable {
    /// The line, from 1.
    package let line: Int
    /// The column, from 1.
    package let column: Int
    /// What is wrong, as a clause.
    package let reason: String
    /// The file, as people call it.
    package private(set) var file = "image/hardening.yaml"

    /// A mistake at that place.
    package init(line: Int, column: Int, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// The same mistake in a file of that name.
    func `in`(_ file: String) -> HardeningError {
        var error = self
        error.file = file
        return error
    }

    package var sentence: String { "\(file):\(line):\(column): \(reason)." }

    package var exitStatus: ExitStatus { .usage }
}
