// SPDX-License-Identifier: Apache-2.0

import Core

/// A maintainer script that failed in the configure step.
package struct ScriptFailure: Hashable, Sendable {
    /// The package, with its architecture when dpkg prints it.
    package let package: String
    /// The script: "postinst", "preinst".
    package let script: String
    /// The way in which it ended, as a clause: "failed with status 3".
    package let ending: String
    /// The last lines of its output, oldest first.
    package let lines: [String]

    /// Creates a failure.
    package init(package: String, script: String, ending: String, lines: [String]) {
        self.package = package
        self.script = script
        self.ending = ending
        self.lines = lines
    }

    /// Parses a line about a failed script, printed by dpkg, or by the configure program for a preinst that it runs
    /// itself; returns nil for any other line.
    init?(line: String, printed lines: [String]) {
        guard line.mayHave(" script ") else { return nil }
        let byDpkg =
            #/(?:installed|new|old) (\S+) package (pre|post)-(installation|removal) script subprocess (.+)/#
        let byProgram = #/^opencode-docker: the preinst script of (\S+) failed(?: with status (\d+))?$/#
        if let match = line.firstMatch(of: byDpkg) {
            let script = "\(match.2)\(match.3 == "installation" ? "inst" : "rm")"
            self.init(
                package: String(match.1), script: script, ending: Self.ending(String(match.4)), lines: lines)
        } else if let match = line.firstMatch(of: byProgram) {
            let status = match.2.map { " with status \($0)" } ?? ""
            self.init(package: String(match.1), script: "preinst", ending: "failed\(status)", lines: lines)
        } else {
            return nil
        }
    }

    /// "returned error exit status 3" (dpkg 1.21), "failed with exit status 3" (1.22), "was killed by signal (Killed)".
    private static func ending(_ text: String) -> String {
        text.firstMatch(of: #/exit status (\d+)/#).map { "failed with status \($0.1)" } ?? text
    }
}
