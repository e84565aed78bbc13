// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

extension ChangeReportTests {
    @Test("Links out of the project are reported, others are not")
    func outward() throws {
        let found = try report(
            "mkdir -p a/b .venv/bin",
            "ln -s ../../x a/b/in; ln -s . d; ln -s d/../../x e; ln -s ../../../x a/b/out; ln -s /etc etc; ln -s \"$PWD/a\" a/same; ln -s /usr/x .venv/bin/x"
        )
        #expect(found.outward.first == ["'a/b/out' to '../../../x'", "'e' to 'd/../../x'", "'etc' to '/etc'"])
    }

    @Test("A guarded executing repository that git enters through a new gitlink")
    func guardedGitlink() throws {
        let found = try report(
            """
            git init -q .; git commit -q --allow-empty -m x; git init -q lib/x; git -C lib/x commit -q --allow-empty -m x
            git -C lib/x config core.fsmonitor ./x; rm lib/x/.git/hooks/*
            """,
            "git update-index --add --cacheinfo 160000,$(git -C lib/x rev-parse HEAD),lib/x",
            guarded: [".git", "lib/x/.git"])
        let words = "a git repository; config: core.fsmonitor; a gitlink, which git in the project goes into"
        #expect(found.executed.first == ["lib/x/.git/  (\(words))"])
    }

    @Test("Files named by the configuration of an enclosing work tree are reported")
    func above() throws {
        try Fixture.directory { directory in
            let script =
                "cd \"$1\"; git init -q .; git config filter.x.clean p/tools/x; mkdir -p p/tools; touch p/tools/x"
            try Fixture.shell(script, directory.string)
            usleep(30_000)
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            try Fixture.shell("echo x > \"$1/p/tools/x\"", directory.string)
            let tree = GuardedTree(try ContainerTree(directory.appending("p")), target: "/w")
            let guarding = try GitGuard([tree], rules: RepositoryRules(protected: ProtectedPaths(home: "/no")))
            let found = ChangeReport(directory.appending("p"), since: start, workTrees: guarding.workTrees)
            #expect(found.executed.first == ["tools/x  (executed or read by git: filter.x.clean)"])
        }
    }

    @Test("Files named by the caller's own configuration are reported")
    func settings() throws {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; git init -q .; mkdir -p tools/hooks", directory.string)
            usleep(30_000)
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            try Fixture.shell("cd \"$1\"; echo x > tools/hooks/pre-commit", directory.string)
            let entries = GitConfiguration.Entry.entries(
                listing: Array("core.hookspath\ntools/hooks\0user.name\n\0a\0".utf8))
            let rules = RepositoryRules(protected: ProtectedPaths(home: "/no"), settings: entries)
            let found = ChangeReport(directory, since: start, rules: rules)
            #expect(
                found.executed.first == ["tools/hooks/pre-commit  (executed or read by git: core.hookspath)"])
            let guarding = try GitGuard([GuardedTree(try ContainerTree(directory), target: "/w")], rules: rules)
            #expect(guarding.mounts.contains { $0.target == "/w/tools/hooks" && $0.readOnly })
        }
    }

    @Test("An executing repository at a gitlink is reported, even unchanged")
    func gitlink() throws {
        try Fixture.directory { directory in
            let script = """
                export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b; cd "$1"
                git init -q .; git init -q link; git -C link commit -q --allow-empty -m x; git add link 2>&-
                git -C link config core.fsmonitor ./x; rm -r link/.git/hooks
                """
            try Fixture.shell(script, directory.string)
            usleep(30_000)
            let found = ChangeReport(
                directory, since: Moment(before: Fixture.moment()), repositories: [directory.appending(".git")])
            #expect(
                found.executed.first == [
                    "link/.git/  (a git repository; config: core.fsmonitor; a gitlink, which git in the project goes into)"
                ])
        }
    }

    @Test("Nested repositories and worktrees of one outside: files that their configurations name, and todo lists")
    func workTrees() throws {
        try Fixture.directory { directory in
            let script = """
                export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b; cd "$1"
                git init -q main; git -C main commit -q --allow-empty -m x; git -C main worktree add -q ../p
                git -C main config filter.x.clean bin/clean; mkdir p/bin; touch p/bin/clean
                git init -q p/sub; git -C p/sub config diff.y.textconv 'sh tools/text'; mkdir p/sub/tools; touch p/sub/tools/text
                """
            try Fixture.shell(script, directory.string)
            usleep(30_000)
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            let tree = GuardedTree(try ContainerTree(directory.appending("p")), target: "/workspace")
            let guarding = try GitGuard([tree], rules: RepositoryRules(protected: ProtectedPaths(home: "/no")))
            let report = {
                ChangeReport(
                    directory.appending("p"), since: start, repositories: guarding.repositories,
                    workTrees: guarding.workTrees)
            }
            #expect(report().executed.isEmpty && report().gaps.isEmpty)
            let during = """
                cd "$1"; echo x > p/bin/clean; echo x > p/sub/tools/text
                mkdir main/.git/worktrees/p/rebase-merge; echo x > main/.git/worktrees/p/rebase-merge/git-rebase-todo
                """
            try Fixture.shell(during, directory.string)
            #expect(
                report().executed.first == [
                    "\(directory)/main/.git/worktrees/p/rebase-merge/git-rebase-todo  (`git rebase --continue` executes it)",
                    "bin/clean  (executed or read by git: filter.x.clean)",
                    "sub/tools/text  (executed or read by git: diff.y.textconv)",
                ])
        }
    }
}
