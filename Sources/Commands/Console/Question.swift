// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A question on the terminal that only "y" and "yes" agree to.
enum Question {
    /// Asks; without a terminal nobody answers, which is no.
    static func agrees(_ question: String) -> Bool {
        StandardError.write(question)
        guard isatty(STDIN_FILENO) == 1 else {
            StandardError.write("\nThere is nobody to ask: use --yes.\n")
            return false
        }
        return ["y", "yes"].contains(readLine()?.lowercased())
    }
}
