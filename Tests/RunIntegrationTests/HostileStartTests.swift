// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import TestSupport
import Testing

/// Starts, ends and repairs of randomly changed repositories.
@Suite(.serialized, .enabled(if: StagedTrees.isPossible()))
struct HostileStartTests {
    private static let setUp = """
        export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
        mkdir -p outside/hooks; echo secret > outside/file; git init -q outside/repository; git init -q p; cd p
        git commit -q --allow-empty -m x; git worktree add -q tree -b w; mkdir -p tools/hooks .git/modules sub
        git init -q --bare .git/modules/m; rm -r tree/.git; echo "gitdir: $PWD/.git/worktrees/tree" > tree/.git
        """

    /// Everything below a directory, without change times.
    private func picture(_ directory: FilePath) throws -> String {
        let line = "find . -printf '%p %y %m %u %s %l\\n' | sort; find . -type f -exec sha256sum {} + | sort"
        return String(decoding: try ShellLine.run(line, in: directory), as: UTF8.self)
    }

    @Test(
        "A start mounts nothing from outside and does not change the project, and a repair makes it start",
        arguments: 0..<8 as Range<UInt64>)
    func seeds(batch: UInt64) throws {
        for seed in batch * 20..<(batch + 1) * 20 {
            try withTemporaryDirectory { directory in
                try ShellLine.run(Self.setUp, in: directory)
                let (project, outside) = (directory.appending("p"), directory.appending("outside"))
                HostileRepository.change(project, seed: seed, outside: outside)
                let before = try picture(outside)
                let rules = RepositoryRules(protected: ProtectedPaths(home: "/no"))
                let tree = GuardedTree(try ContainerTree(project), target: "/workspace")
                var guarding: GitGuard
                do { guarding = try GitGuard([tree], rules: rules) } catch {
                    #expect(throws: Never.self, "seed \(seed): \(error)") {
                        try RepositoryRepair([tree], rules: rules).run()
                    }
                    guarding = try GitGuard([tree], rules: rules)
                }
                try start(guarding, in: directory, seed: seed)
                _ = ChangeReport(
                    project, since: Moment(before: 0), repositories: guarding.repositories,
                    workTrees: guarding.workTrees)
                #expect(try picture(outside) == before, "seed \(seed)")
            }
        }
    }

    private func start(_ guarding: GitGuard, in directory: FilePath, seed: UInt64) throws {
        let before = try picture(directory.appending("p"))
        let base = directory.appending("stage")
        mkdir(base.string, 0o700)
        try guarding.makePlaceholders()
        let staged = try StagedTrees(guarding.trees, in: base)
        let table = String(decoding: try Files.read("/proc/self/mountinfo", limit: 1 << 24), as: UTF8.self)
        let own = table.split(separator: "\n").filter { $0.contains(base.string) }
        #expect(!own.isEmpty && !own.contains { $0.split(separator: " ")[3].contains("/outside") }, "seed \(seed)")
        _ = try MountCheck(guarding.trees, kernel: "")
        staged.remove()
        guarding.removePlaceholders()
        let after = try picture(directory.appending("p"))
        let difference = Self.lines(of: after).difference(from: Self.lines(of: before))
        #expect(difference.isEmpty, "seed \(seed)")
    }

    /// The lines of a picture without empty directories `worktrees`, which count as placeholders of a killed launcher.
    private static func lines(of picture: String) -> [Substring] {
        let lines = picture.split(separator: "\n")
        return lines.filter { line in
            guard let name = line.firstRange(of: "/worktrees d ") else { return true }
            return lines.contains { $0.hasPrefix("\(line[..<name.lowerBound])/worktrees/") }
        }
    }
}
