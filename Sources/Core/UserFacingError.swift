// SPDX-License-Identifier: Apache-2.0

/// An error that can be shown to a person as it is.
///
/// Each module has one error enum that carries data and conforms to this protocol in one place, so that every sentence
/// of the module can be read, and tested, together.
package protocol UserFacingError: Error {
    /// One sentence: what is wrong, with the file and the place.
    var sentence: String { get }
    /// The way out, as one sentence; `nil` when the first one already says it.
    var hint: String? { get }
    /// The last lines of another program, oldest first, that explain it better than a sentence.
    var excerpt: [String] { get }
    /// What a person who asks for more (`--verbose`) is told, a line each.
    var details: [String] { get }
    /// The status the process ends with.
    var exitStatus: ExitStatus { get }
}

extension UserFacingError {
    package var hint: String? { nil }
    /// Nothing, unless an error says otherwise.
    package var excerpt: [String] { [] }
    package var details: [String] { [] }
    package var exitStatus: ExitStatus { .broken }
}
