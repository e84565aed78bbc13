// SPDX-License-Identifier: Apache-2.0

import Core

/// An error in `hardening.yaml`, with its position.
package struct HardeningError: UserFacingError, Hashable {
    /// The line, counted from 1.
    package let line: Int
    /// The column, counted from 1.
    package let column: Int
    /// The reason, as a clause.
    package let reason: String
    package let hint: String?
    /// The file's name for messages.
    package private(set) var file = "image/hardening.yaml"

    /// Creates an error; `hint` is the remedy, unless the reason contains it.
    package init(line: Int, column: Int, reason: String, hint: String? = nil) {
        self.line = line
        self.column = column
        self.reason = reason
        self.hint = hint
    }

    /// The same error in another file.
    func `in`(_ file: String) -> HardeningError {
        var error = self
        error.file = file
        return error
    }

    package var sentence: String { "\(file):\(line):\(column): \(reason)." }

    package var exitStatus: ExitStatus { .usage }
}
