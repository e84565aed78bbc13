// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

/// Changes that a container hides.
extension ChangeReportTests {
    private static let nested = """
        git init -q .; git commit -q --allow-empty -m x; git init -q lib/x; git -C lib/x commit -q --allow-empty -m x
        git -C lib/x config core.fsmonitor ./x; rm lib/x/.git/hooks/*
        """
    private static let branch = """
        tree=$(printf '160000 commit %s\\tx\\n' $(git -C lib/x rev-parse HEAD) | git mktree --missing)
        tree=$(printf '040000 tree %s\\tlib\\n' $tree | git mktree)
        git branch other $(git commit-tree -m x $tree)
        """

    @Test("An older executing repository that git enters through another branch's gitlink")
    func otherBranch() throws {
        let found = try report(Self.nested, Self.branch, guarded: [".git", "lib/x/.git"])
        let words = "a git repository; config: core.fsmonitor; git goes into it where a branch has it as a gitlink"
        #expect(found.followed.first == ["lib/x/.git/  (\(words))"])
        let packed = try report(
            Self.nested, "\(Self.branch)\ngit pack-refs --all", guarded: [".git", "lib/x/.git"])
        #expect(packed.followed.first == ["lib/x/.git/  (\(words))"])
        let quiet = try report(
            Self.nested, "echo x > lib/file; git add lib/file 2>&-", guarded: [".git", "lib/x/.git"])
        #expect(quiet.followed.isEmpty && quiet.executed.isEmpty, "no branch changed")
    }

    @Test("A repository moved with its parent directory, whose time was changed afterwards")
    func movedRepository() throws {
        let found = try report(
            "\(Self.nested)\nmv lib other", "mv other lib; touch lib/new", guarded: [".git"])
        #expect(
            found.executed.first == [
                "lib/x/.git/  (a git repository; config: core.fsmonitor; it may have been moved here)"
            ])
    }

    @Test(
        "Files that change what git shows",
        arguments: [
            (
                "git replace $(git rev-parse HEAD) $(git rev-parse HEAD~)",
                "git shows another object in the place of this one"
            ),
            (
                "git replace $(git rev-parse HEAD) $(git rev-parse HEAD~); git pack-refs --all",
                ".git/packed-refs  (git may show other objects in the place of some (refs/replace))"
            ),
            ("git rev-parse HEAD > .git/info/grafts", ".git/info/grafts  (git shows another history)"),
            ("echo evil >> .git/info/exclude", ".git/info/exclude  (it hides files from `git status`)"),
            (
                "git update-index --skip-worktree b; echo evil > b",
                "b  (it changed, and the index hides it from `git status`)"
            ),
            (
                "git update-index --assume-unchanged b; echo evil > b",
                "b  (it changed, and the index hides it from `git status`)"
            ),
        ])
    func hiding(during: String, line: String) throws {
        let before = """
            git init -q .; echo 1 > a; echo 1 > b; git add .; git commit -q -m x; echo 2 > a; git commit -q -a -m y
            """
        let found = try report(before, during)
        #expect(found.followed.first.contains { $0.contains(line) }, "\(found.followed.first)")
        #expect(
            try report(
                before,
                "git update-index --skip-worktree b; git -c gc.writeCommitGraph=false gc -q; git fetch -q . || :"
            ).followed.isEmpty)
    }

    @Test("Each kind is shown, however many lines there are")
    func flood() throws {
        let found = try report(
            "git init -q .; git config filter.x.clean tools/x; mkdir -p tools .git/rebase-merge; touch tools/x",
            """
            git init -q --bare a0; git -C a0 config core.fsmonitor x; for i in $(seq 1 40); do cp -r a0 a$i; done
            mkdir -p 0/0; for i in $(seq 1 30); do mkdir 0/0/$i; echo > 0/0/$i/Makefile; echo > 0/$i.csproj; done
            echo x > tools/x; echo x > .git/hooks/pre-push; echo exec x > .git/rebase-merge/git-rebase-todo; echo > z.mk
            ln -s ../x 0/.git; echo > .envrc
            """)
        let lists = [found.executed, found.followed, found.files]
        let shown = ReportLines.shown(lists, most: 20)
        #expect(shown.count == 20 && lists.map(\.count).reduce(0, +) > 100)
        for line in [
            "tools/x  (executed", ".git/hooks/pre-push  (a hook)", ".git/rebase-merge/git-rebase-todo", "a0/  (a git",
            "0/.git  (a link", ".envrc", "z.mk", "0/0/1/Makefile", "0/1.csproj",
        ] {
            #expect(shown.contains { $0.hasPrefix(line) }, "\(line) of \(shown)")
        }
        #expect(found.executed.first.first == ".git/hooks/pre-push  (a hook)", "the nearest first")
        #expect(ReportLines.shown([found.setID], most: 20).isEmpty)
    }

    @Test("A directory at its original path has not been moved; one at another path has")
    func known() throws {
        try Fixture.directory { directory in
            try Fixture.shell(
                "cd \"$1\"; git init -q .; mkdir -p lib a/deep; touch lib/Makefile a/deep/Makefile", directory.string)
            usleep(30_000)
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            let guarding = try GitGuard(
                [GuardedTree(try ContainerTree(directory), target: "/w")],
                rules: RepositoryRules(protected: ProtectedPaths(home: "/no")))
            let directories = try #require(guarding.directories[0])
            try Fixture.shell("cd \"$1\"; touch lib/new; mv a b; touch b/new", directory.string)
            let found = ChangeReport(directory, since: start, directories: directories)
            #expect(found.files.first == ["b/deep/Makefile"] && found.unclear == 0)
            #expect(ChangeReport(directory, since: start).unclear == 2, "nothing is known of the start")
        }
    }
}
