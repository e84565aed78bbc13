// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core

/// Converts an error into its message and the exit status.
package enum ErrorPresenter {
    /// The text for standard error, which may be empty, and the status; `nil` for errors of ArgumentParser, which
    /// prints them itself.
    ///
    /// - Parameter arguments: The command line, whose options complete the commands of hints.
    package static func present<Command: ParsableCommand>(
        _ error: any Error, of command: Command.Type, arguments: [String] = [], colour: Bool = false
    ) -> (text: String, status: ExitStatus)? {
        switch error {
        case let error as any UserFacingError:
            let hint = error.hint.map { SuggestedCommand.completed($0, by: arguments) }
            return (text(error.sentence, hint, colour, excerpt: error.excerpt), error.exitStatus)
        case is CancellationError: return ("Interrupted.\n", .interrupted)
        case is ExitCode: return nil
        default:
            // ArgumentParser returns "failure" for every error that is not its own.
            guard command.exitCode(for: error) == .failure else { return nil }
            let sentence = "Unexpected error: \(String(describing: error))."
            return (text(sentence, "Please report it, with the command line.", colour), .broken)
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
