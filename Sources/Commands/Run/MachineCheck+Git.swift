// SPDX-License-Identifier: Apache-2.0

import Run
import SystemPackage

extension MachineCheck {
    /// What git on this machine does with what a container leaves, and a lock that a killed launcher left here.
    func git() -> [MachineFinding] {
        guard ChildProcess.find("git", path: environment.variable("PATH")) != nil else { return [] }
        var found: [MachineFinding] = []
        if environment.gitTrustsBareRepositories {
            found.append(
                Self.note(
                    "git takes a directory for a repository that only looks like one, such as one that a container left; "
                        + "bare repositories need `--git-dir` otherwise",
                    "git config --global safe.bareRepository explicit"))
        }
        if let place = staleLock() {
            found.append(
                Self.note("'\(place)' was left by a launcher that was killed", "opencode-docker projects repair"))
        }
        return found
    }

    /// The first lock of ours on a repository of the current directory that no container holds.
    private func staleLock() -> FilePath? {
        (try? ProjectPlace(nil, environment).guarding())?.staleLocks.first
    }
}

extension CommandEnvironment {
    /// Whether git takes a directory for a repository that only looks like one (git-config(1), `safe.bareRepository`).
    var gitTrustsBareRepositories: Bool {
        let setting = ["config", "--global", "--get", "safe.bareRepository"]
        let answer = ChildProcess.output("git", setting, environment: variables) ?? []
        return String(decoding: answer, as: UTF8.self).lowercased() != "explicit\n"
    }
}
