// SPDX-License-Identifier: Apache-2.0

/// An error that can be shown to the user.
///
/// Each module has one error enum that carries data and conforms to this protocol in one place, so that all sentences
/// of the module can be read and tested together.
package protocol UserFacingError: Error {
    /// One sentence: what failed, with the file and the position.
    var sentence: String { get }
    /// The remedy as one sentence; nil when the error sentence contains it.
    var hint: String? { get }
    /// The last lines of another program's output, oldest first, that explain the error.
    var excerpt: [String] { get }
    /// Additional lines for `--verbose`.
    var details: [String] { get }
    /// The exit status of the process.
    var exitStatus: ExitStatus { get }
}

extension UserFacingError {
    package var hint: String? { nil }
    /// Defaults.
    package var excerpt: [String] { [] }
    package var details: [String] { [] }
    package var exitStatus: ExitStatus { .broken }
}
