// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc

/// A question on the terminal that is confirmed with "y" or "yes".
enum Confirmation {
    /// Asks `question`, unless the caller confirmed it in advance with `--yes`.
    ///
    /// - Throws: `CommandError.noTerminalForConfirmation`; `ExitStatusRequest` with `no` when the answer is another.
    static func require(_ question: String, unless isGiven: Bool) throws {
        if isGiven { return }
        guard let answer = answer(to: question) else { throw CommandError.noTerminalForConfirmation }
        guard answer else { throw ExitStatusRequest(status: .no) }
    }

    /// The answer to `question`; nil without a terminal.
    static func answer(to question: String) -> Bool? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        StandardError.write("\(question) [y/N] ")
        let answer = readLine()?.lowercased()
        if answer == nil { StandardError.write("\n") }
        return ["y", "yes"].contains(answer)
    }
}
