// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

/// Changes that only the recorded baseline shows: old files at new paths, and the index.
extension ChangeReportTests {
    /// The report of a run that executes `during` in a project created by `before`.
    func run(_ before: String, _ during: String, isKnown: Bool = true) throws -> ChangeReport {
        try Fixture.directory { directory in
            let identity = "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b"
            try Fixture.shell("\(identity); cd \"$1\"; \(before)", directory.string)
            usleep(30_000)
            let rules = RepositoryRules(protected: ProtectedPaths(home: "/no"))
            let guarding = try GitGuard([GuardedTree(try ContainerTree(directory), target: "/w")], rules: rules)
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            try guarding.makePlaceholders()
            let baseline = ReportBaseline(
                directory, workTrees: guarding.workTrees, rules: rules, placeholders: guarding.placeholders)
            guarding.removePlaceholders()
            let report = {
                ChangeReport(
                    directory, since: start, repositories: guarding.repositories, workTrees: guarding.workTrees,
                    rules: rules, directories: isKnown ? guarding.directories[0] ?? [:] : [:],
                    complete: isKnown ? guarding.complete : nil, baseline: isKnown ? baseline : nil)
            }
            let quiet = report()
            #expect(quiet.isEmpty, "\(quiet)")
            try Fixture.shell("\(identity); cd \"$1\"; \(during)", directory.string)
            return report()
        }
    }

    private static let moved = "it was moved there: another one than at the start"

    @Test(
        "Old files moved to a path that the configuration names",
        arguments: [
            ("git config include.path ../t/c; mkdir x; touch x/c", "mv x t", "t/c", "include.path"),
            (
                "git config core.hooksPath t/hk; mkdir -p x/hk; touch x/hk/post-checkout", "mv x t; touch t",
                "t/hk/post-checkout", "core.hookspath"
            ),
            (
                "git config filter.a.clean zz/prog; mkdir zz z2; touch zz/prog z2/prog", "mv zz z3; mv z2 zz",
                "zz/prog", "filter.a.clean"
            ),
            (
                "git config merge.a.driver 't/a/b/prog %O'; mkdir -p x/a/b; touch x/a/b/prog", "mv x t",
                "t/a/b/prog", "merge.a.driver"
            ),
            (
                "git config core.fsmonitor t/prog; mkdir t x; touch t/prog x/prog", "mv t o; ln -s x t", "t/prog",
                "core.fsmonitor"
            ),
            (
                "git config diff.a.textconv t/prog; mkdir a x; touch a/prog x/prog; ln -s a t; ln -s x u",
                "mv -T u t", "t/prog", "diff.a.textconv"
            ),
            (
                "git config filter.a.clean 'node tool'; git config diff.a.textconv ./tool; mkdir tool x; touch x/index.js",
                "mv tool o; mv x tool", "tool", "filter.a.clean"
            ),
        ])
    func exchanged(before: String, during: String, place: String, key: String) throws {
        let found = try run("git init -q .; \(before)", during)
        let lines = found.executed.first
        #expect(lines.contains { $0.hasPrefix("\(place)  (executed or read by git: ") }, "\(lines)")
    }

    @Test("The line names the problem; without a baseline it is uncertain")
    func exchangedWords() throws {
        let before = "git init -q .; git config filter.a.clean zz/prog; mkdir zz z2; touch zz/prog z2/prog"
        let known = try run(before, "mv zz z3; mv z2 zz")
        #expect(known.executed.first == ["zz/prog  (executed or read by git: filter.a.clean; \(Self.moved))"])
        let unknown = try run(before, "mv zz z3; mv z2 zz", isKnown: false)
        let words = "executed or read by git: filter.a.clean; it may have been moved there"
        #expect(unknown.executed.first == ["zz/prog  (\(words))"])
        #expect(try run(before, "mv zz z3; mv z3 zz; touch zz/new").executed.isEmpty, "it is the same one")
        let gone = try run(before, "rm -r zz")
        #expect(gone.followed.first == ["zz/prog  (executed or read by git: filter.a.clean; it is gone)"])
    }

    @Test("Files at any depth of the directory from which git copies new repositories")
    func template() throws {
        let before = """
            git init -q .; git config init.templateDir t; mkdir -p t/hooks/lib t/info
            touch t/hooks/tool t/hooks/lib/old t/info/attributes t/hooks/quiet
            """
        let during =
            "for name in hooks/tool hooks/lib/old info/attributes; do echo x >> t/$name; done; touch t/info/new"
        let found = try run(before, during).executed.first
        for name in ["hooks/tool", "hooks/lib/old", "info/attributes", "info/new"] {
            #expect(found.contains("t/\(name)  (executed or read by git: init.templatedir)"), "\(found)")
        }
        #expect(!found.contains { $0.hasPrefix("t/hooks/quiet") }, "\(found)")
    }

    @Test("Many new commits are compared with the paths that configurations name, without a limit being reached")
    func manyCommits() throws {
        let found = try run(
            """
            git init -q .; git commit -q --allow-empty -m x
            for i in $(seq 240); do printf '[include]\\n\\tpath = ../inc%d\\n' $i; done >> .git/config
            """,
            """
            tree=$(git rev-parse HEAD:); for i in $(seq 36); do git branch b$i $(git commit-tree -p HEAD -m $i $tree); done
            """)
        #expect(found.followed.isEmpty, "\(found.followed.first.prefix(3))")
    }

    @Test("A hook behind a link in the hooks directory, in an exchanged directory")
    func exchangedBehindLink() throws {
        let found = try run(
            """
            git init -q .; git config core.hooksPath h; mkdir h a b; touch a/x b/x; ln -s ../a/x h/pre-push
            ln -s ../b/x h/other
            """, "mv a c; mv b a; mkdir b; mv a/x b/x; cp b/x a/x; mv c d; mv d c")
        #expect(found.executed.first.contains { $0.hasPrefix("h/pre-push  (") }, "\(found.executed.first)")
    }

    @Test("A path in a linked work tree's repository, and one that another directory's configuration names")
    func exchangedElsewhere() throws {
        try Fixture.directory { directory in
            let before = """
                cd "$1"; export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
                git init -q main; git -C main commit -q --allow-empty -m x; git -C main worktree add -q ../p; mkdir b
                git -C main config include.path t/c; git -C main config core.fsmonitor "$1/b/t/c"
                mkdir main/.git/x b/x; touch main/.git/x/c b/x/c
                """
            try Fixture.shell(before, directory.string)
            usleep(30_000)
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            let rules = RepositoryRules(protected: ProtectedPaths(home: "/no"))
            let trees = try ["p", "b"].map {
                GuardedTree(try ContainerTree(directory.appending($0)), target: FilePath("/w/\($0)"))
            }
            let guarding = try GitGuard(trees, rules: rules)
            let baselines = trees.map {
                ReportBaseline($0.tree.path, workTrees: guarding.workTrees, rules: rules)
            }
            try Fixture.shell("cd \"$1\"; mv main/.git/x main/.git/t; mv b/x b/t", directory.string)
            let lines = zip(trees, baselines).map { tree, baseline in
                ChangeReport(
                    tree.tree.path, since: start,
                    repositories: tree.tree.path.lastComponent == "p" ? guarding.repositories : [],
                    workTrees: guarding.workTrees, rules: rules, baseline: baseline
                ).executed.first
            }
            let words = { (key: String) in "executed or read by git: \(key); \(Self.moved)" }
            #expect(lines[0] == ["\(directory)/main/.git/t/c  (\(words("include.path")))"])
            #expect(lines[1] == ["t/c  (\(words("core.fsmonitor")))"])
        }
    }

    private static let tracked = """
        git init -q .; mkdir .githooks; touch .githooks/pre-push other; git add .; git commit -q -m x
        git config core.hooksPath .githooks; cp -r .git/refs .git/old
        """
    private static let line = """
        .githooks  (core.hookspath names it and it is tracked: a checkout, reset or stash pop of what the container \
        committed or staged can change it)
        """

    @Test(
        "Paths that the configuration names and git itself writes to",
        arguments: [
            ("git commit -q --allow-empty -m y", false), ("git branch b", false),
            ("git branch b; git pack-refs --all", false),
            ("echo x > .githooks/pre-push; git commit -q -a -m y; git checkout -q HEAD~ .githooks; git reset -q", true),
            ("git update-ref refs/heads/b $(git commit-tree $(git mktree < /dev/null) -m y)", false),
            ("git update-index --add --cacheinfo 100755,$(git hash-object -w other),.githooks/post-checkout", true),
            ("git rm -q --cached .githooks/pre-push", false), ("touch other; git status > /dev/null", false),
            ("echo x > other; git add other", false), ("true", false), ("cd .git; mv refs x; mv old refs", false),
        ])
    func tracked(during: String, isFound: Bool) throws {
        let found = try run(Self.tracked, during)
        #expect(found.followed.first == (isFound ? [Self.line] : []), "\(found.followed.first)")
    }

    @Test("A tracked path behind a link, and replacements that are renamed into place")
    func trackedBehindLink() throws {
        let before = """
            git init -q .; mkdir -p real/hooks; touch real/hooks/pre-push other; ln -s real lk; git add .
            git commit -q -m x; git config core.hooksPath lk/hooks
            mkdir .git/rep; cp .git/refs/heads/* .git/rep/$(git rev-parse @)
            """
        let staged = "git update-index --cacheinfo 100755,$(git hash-object -w other),real/hooks/pre-push"
        for during in [
            "echo x > other; \(staged)",
            "echo x > real/hooks/pre-push; git commit -q -a -m y; git checkout -q HEAD~ real; git reset -q",
        ] {
            let found = try run(before, during).followed.first
            #expect(found.contains { $0.hasPrefix("lk/hooks  (core.hookspath names it and it is tracked") }, "\(found)")
        }
        let replaced = try run(before, "mv .git/rep .git/refs/replace").followed.first
        #expect(replaced.contains { $0.hasPrefix(".git/refs/replace") }, "\(replaced)")
    }

    @Test(
        "A link out of the project, or to nothing, is reported only when it changes",
        arguments: ["/opt", "../outside", "nowhere"])
    func leadingOut(target: String) throws {
        let before = "git init -q .; git config core.hooksPath hk; git config filter.a.clean hk/x; ln -s \(target) hk"
        #expect(try run(before, "true").executed.isEmpty)
        let found = try run(before, "ln -sfn /usr hk").executed.first
        #expect(found.contains { $0.hasPrefix("hk  (executed or read by git: core.hookspath") }, "\(found)")
    }

    @Test(
        "Unfinished git operations bring commits into the work tree",
        arguments: [
            "MERGE_AUTOSTASH", "BISECT_START", "rebase-merge/orig-head", "rebase-apply/autostash", "sequencer/head",
            "rebase-apply/next", "MERGE_RR", "sequencer/todo",
        ])
    func unfinished(name: String) throws {
        let found = try run("git init -q .", "cd .git; mkdir -p $(dirname \(name)); echo 1 > \(name)")
        #expect((found.followed.first + found.executed.first).contains { $0.hasPrefix(".git/\(name)") }, "\(found)")
    }

    @Test(
        "A removed file that the index hides",
        arguments: [
            ("git update-index --skip-worktree b; rm b", true), ("git update-index --assume-unchanged b; rm b", true),
            ("rm b", false), ("git update-index --skip-worktree b", false),
        ])
    func hiddenAndGone(during: String, isFound: Bool) throws {
        let before = "git init -q .; touch a b; git add .; git commit -q -m x"
        let found = try run(before, during)
        let lines = isFound ? ["b  (it is gone, and the index hides it from `git status`)"] : []
        #expect(found.followed.first == lines)
        #expect(try run("\(before); git update-index --skip-worktree b; rm b", "touch a").followed.isEmpty, "as before")
    }

    @Test("Files excluded by a sparse checkout are not listed, but a new sparse checkout is")
    func sparse() throws {
        let before = "git init -q .; mkdir d; touch a d/b; git add .; git commit -q -m x"
        let during = "git sparse-checkout init --no-cone; git sparse-checkout set /a"
        let found = try run("\(before); \(during)", "touch a")
        #expect(found.followed.isEmpty, "\(found.followed.first)")
        // The sparse checkout needs its own configuration.
        let new = try run(
            "\(before); git config core.sparseCheckout true; mkdir -p .git/info",
            "echo /a > .git/info/sparse-checkout; git read-tree -m -u HEAD")
        #expect(new.followed.first == [".git/info/sparse-checkout  (it hides files of the work tree)"])
    }

    @Test("Files that git trusts about the commit history")
    func commitGraph() throws {
        let before = "git init -q .; git commit -q --allow-empty -m x; git commit -q --allow-empty -m y"
        let words = "git believes it unchecked, and shows another history by a forged one"
        let file = ".git/objects/info/commit-graph"
        for (during, place) in [
            ("git commit-graph write --reachable 2>&-", file),
            ("git commit-graph write --reachable --split 2>&-", "\(file)s/commit-graph-chain"),
        ] {
            let found = try run(before, during)
            #expect(found.followed.first.contains { $0.hasPrefix("\(place)  (\(words)") }, "\(found.followed.first)")
            #expect(found.executed.isEmpty)
        }
        let moved = try run(
            "\(before); git commit-graph write --reachable 2>&-; cd .git/objects; mv info x; mkdir info",
            "cd .git/objects; rmdir info; mv x info; touch info")
        let line = "\(file)  (it was moved there, and git believes what it says)"
        #expect(moved.followed.first == [line], "\(moved.followed.first)")
    }

    @Test("A changed owner of the directory", .enabled(if: geteuid() == 0))
    func owner() throws {
        let found = try run("true", "chown 4242:4242 .")
        let sentence = try #require(found.owner).sentence(on: "/p")
        #expect(
            sentence
                == "'/p' belongs to 4242:4242 now, it was 0:0, and the next container runs as its owner: `sudo chown "
                + "0:0 /p`")
        #expect(!found.isEmpty)
    }
}
