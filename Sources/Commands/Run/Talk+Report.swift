// SPDX-License-Identifier: Apache-2.0

import Run

extension Talk {
    private static let shown = 20

    /// What changed among the files that the host executes: what git executes first, and always what was not looked at.
    func end(_ report: ChangeReport) {
        for line in report.setID.first.prefix(Self.shown) { warn(line) }
        if report.setID.count > Self.shown { warn("and \(report.setID.count - Self.shown) more of these") }
        let lists = [report.executed, report.followed, report.files]
        let count = lists.reduce(0) { $0 + $1.count }
        if count > 0 {
            let shown = lists.flatMap(\.first).prefix(Self.shown).map { "  \($0.harmless)\n" }.joined()
            let more = count > Self.shown ? "  and \(count - Self.shown) more\n" : ""
            StandardError.write(
                "opencode-docker: programs on this machine execute these files, and they changed; look before you use them:\n"
                    + shown + more)
        }
        if report.unclear > 0 {
            say(
                "\(report.unclear) such files did not change, but a directory that they are in did: they may have been moved there."
            )
        }
        for sentence in report.gaps.sentences { warn(sentence) }
    }
}
