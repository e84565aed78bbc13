// SPDX-License-Identifier: Apache-2.0

import Core
import Launching

extension LaunchConsole {
    /// The conversation on standard error and the terminal; a quiet one leaves out remarks.
    static func terminal(isQuiet: Bool) -> LaunchConsole {
        LaunchConsole { message in
            switch message {
            case .note(let line): if !isQuiet { StandardError.write("opencode-docker: \(completed(line))\n") }
            case .warning(let line): StandardError.write("opencode-docker: warning: \(completed(line))\n")
            case .introduction(let lines): StandardError.write(lines.map { "  \($0)\n" }.joined())
            case .listing(let sentence, let lines):
                StandardError.write(
                    "opencode-docker: \(sentence.sanitized)\n" + lines.map { "  \($0.sanitized)\n" }.joined())
            }
        } answer: {
            Confirmation.answer(to: $0)
        }
    }

    private static func completed(_ line: String) -> String {
        SuggestedCommand.completed(line, by: CommandLine.arguments).sanitized
    }
}
