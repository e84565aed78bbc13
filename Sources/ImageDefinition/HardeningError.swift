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
    package let hint: String?
    /// The file, as people call it.
    package private(set) var file = "image/hardening.yaml"

    /// A mistake at that place; `hint` is the way out, where the reason does not say it.
    package init(line: Int, column: Int, reason: String, hint: String? = nil) {
        self.line = line
        self.column = column
        self.reason = reason
        self.hint = hint
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
