// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core

/// Turns an error into what the user reads and what the caller's shell sees.
package enum ErrorPresenter {
    /// The text for standard error, which may be empty, and the status; `nil` for the errors of ArgumentParser, which
    /// knows best how to show them.
    package static func present<Command: ParsableCommand>(
        _ error: any Error, of command: Command.Type, colour: Bool = false
    ) -> (text: String, status: ExitStatus)? {
        switch error {
        case let error as any UserFacingError:
            return (text(error.sentence, error.hint, colour, excerpt: error.excerpt), error.exitStatus)
        case is CancellationError: return ("Interrupted.\n", .interrupted)
        case is ExitCode: return nil
        default:
            // For every error that is not its own, ArgumentParser answers "failure".
            guard command.exitCode(for: error) == .failure else { return nil }
            let sentence = "Something went wrong that this program does not know: \(String(describing: error))."
            return (text(sentence, "Please report it, with what you did.", colour), .broken)
        }
    }

    private static func text(
        _ sentence: String, _ hint: String?, _ colour: Bool, excerpt: [String] = []
    ) -> String {
        let lines = excerpt.map { "  \($0.sanitized)\n" }.joined()
        let error = "\(TextStyle.bad.paint("error:", colour: colour)) \(sentence.sanitized)\n\(lines)"
        guard let hint else { return error }
        return error + "\(TextStyle.strong.paint("hint:", colour: colour)) \(hint.sanitized)\n"
    }
}
