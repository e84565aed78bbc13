// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage

extension Preparation {
    /// Shows the introduction at the first start, the provided credentials, and the weakened settings.
    func introduce(to console: LaunchConsole) {
        let mark = caller.stateDirectory.appending("welcomed")
        if !Files.exists(mark) {
            console.introduce(Welcome.lines(plan.network))
            try? Files.makeDirectories(mark.removingLastComponent())
            try? Files.write([], to: mark)
        }
        for line in credentials.lines { console.say(line) }
        if let line = variables.remark { console.say(line) }
        if let note = image.note { console.say(note) }
        if let warning = image.warning { console.warn(warning) }
        for line in weakenings + workspace.directories.remarks + losses { console.warn(line) }
        let remarks = guarding.remarks
        for remark in remarks.prefix(5) { console.warn(remark) }
        if remarks.count > 5 { console.warn("\(remarks.count - 5) more nested repositories are not guarded") }
        for directory in written where ChangeReport.isIncomplete(on: directory) {
            console.warn(Self.untraceable(directory))
        }
        if let line = Self.readOnly(guarding.named) { console.say(line) }
        if !guarding.repositories.isEmpty {
            console.say(
                "During this run, use `opencode-docker git-config` instead of `git config` and `git remote`."
            )
        }
        if let warning = plan.user.warning { console.warn(warning) }
        if case .personal = credentials.ssh {
            let told = mark.removingLastComponent().appending("warned-of-personal-key")
            if !Files.exists(told) { console.warn(SSHAccess.warning) }
            try? Files.write([], to: told)
        }
    }

    /// How to continue the agent's session after a run on a terminal: the agent names its own command, which is not on the
    /// host.
    var continuation: String? {
        guard let options = request.agentOptions, options.isEmpty || options == [agent.continuing] else { return nil }
        guard plan.terminal, !image.lacksAgent else { return nil }
        let place = request.workspace.isProjectChosen ? " --project \(project.directory.path.shellWord)" : ""
        return "Continue with: opencode-docker run -c\(place)"
    }

    private static func untraceable(_ directory: FilePath) -> String {
        "'\(directory)' is in memory (tmpfs), where a program can change a file without a trace: the report at the end does not "
            + "find every change of files that are there now"
    }

    private static func readOnly(_ named: [(place: FilePath, key: String)]) -> String? {
        guard !named.isEmpty else { return nil }
        let texts = Dictionary(grouping: named, by: \.place).values
            .compactMap(\.first).map { "'\($0.place)' (\($0.key))" }.sorted()
        let more = texts.count > 3 ? " and \(texts.count - 3) more" : ""
        let keys = Set(named.map(\.key))
        let key = keys.count == 1 ? keys.first?.sanitized.shellWord : nil
        let origin = key.map { " `git config --show-origin --get-all \($0)` shows which one." } ?? ""
        return
            "Read-only, because a git configuration names it: \(texts.prefix(3).joined(separator: ", "))\(more).\(origin)"
    }
}
