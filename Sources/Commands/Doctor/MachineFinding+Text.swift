// SPDX-License-Identifier: Apache-2.0

import Core
import Launching

extension [MachineFinding] {
    /// The findings as text: the verdict, the finding, and its fix below.
    func text(_ terminal: OutputTerminal) -> String {
        map { finding in
            let what = "\(finding.verdict.rawValue.padded(to: 6))\(finding.what.sanitized)"
            // A fix is never wrapped, so that it can be copied.
            let fix = finding.fix.map { "\n      fix: \($0.sanitized)" } ?? ""
            let lines = what.hanging(by: 6, width: terminal.width)
            return finding.verdict.style.paint(String(lines.prefix(4)), colour: terminal.colour) + lines.dropFirst(4)
                + fix + "\n"
        }.joined()
    }
}

extension MachineFinding.Verdict {
    fileprivate var style: TextStyle {
        switch self {
        case .good: .good
        case .note: .doubtful
        case .bad: .bad
        }
    }
}
