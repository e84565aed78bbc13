// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A question on the terminal that is confirmed with "y" or "yes".
enum Question {
    /// Asks the question; without a terminal the answer is no.
    static func agrees(_ question: String) -> Bool {
        StandardError.write(question)
        guard isatty(STDIN_FILENO) == 1 else {
            StandardError.write("\nThere is no terminal for a confirmation: use --yes.\n")
            return false
        }
        return ["y", "yes"].contains(readLine()?.lowercased())
    }
}
