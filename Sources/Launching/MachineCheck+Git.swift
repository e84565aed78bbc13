// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage

extension MachineCheck {
    /// Checks git's handling of bare repositories, and for a lock that a killed launcher left.
    func git() -> [MachineFinding] {
        guard ExternalProgram.find("git", path: caller.variable("PATH")) != nil else { return [] }
        var found: [MachineFinding] = []
        if caller.gitTrustsBareRepositories {
            found.append(
                Self.note(
                    "git treats directories that look like bare repositories as such, also those of a container; "
                        + "bare repositories need `--git-dir` otherwise",
                    "git config --global safe.bareRepository explicit"))
        }
        if let place = staleLock() {
            found.append(
                Self.note("'\(place)' was left by a killed launcher", "opencode-docker projects repair"))
        }
        return found
    }

    /// The first of this program's locks on a repository of the current directory that no container holds.
    private func staleLock() -> FilePath? {
        (try? ProjectPlace(nil, caller).guarding())?.staleLocks.first
    }
}
