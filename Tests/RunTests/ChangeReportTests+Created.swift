// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage
import Testing

/// Named paths that do not exist, and what the guard itself changes.
extension ChangeReportTests {
    /// `.hk/in` is in no commit of the branch that is checked out, but in an old one, which is in a pack.
    private static let missing = """
        git init -q .; touch a; git add .; git commit -q -m x; mkdir -p .hk/in docs/in; touch .hk/in/pre-push docs/in/x
        git checkout -q -b old; git add .; git commit -q -m old; git gc -q; git checkout -q -
        git config core.hooksPath .hk/in
        """
    private static let helpers = """
        entry() { printf '%s %s %s\\t%s\\n' "$@"; }; blob=$(echo x | git hash-object -w --stdin)
        move() { git update-ref refs/heads/z $(git commit-tree $1 -m y); }
        """

    @Test(
        "A missing path that a configuration names is reported if a changed reference has it",
        arguments: [
            ("true", false), ("touch b; git add b; git commit -q -m y", false), ("git branch b; git tag t", false),
            ("git commit -q --allow-empty -m y", false), ("git gc -q", false), ("git checkout -q -b n", false),
            ("mkdir -p s/.hk/in; touch s/.hk/in/x; git add .; git commit -q -m y", false),
            ("touch b; git add b; git commit -q -m y; git gc -q --aggressive; git repack -adq", false),
            ("git tag -a -m t t; echo b > a; git stash -q", false), ("git update-ref -d refs/heads/old", false),
            // A branch that moves to an old commit, and an old tree under a new name.
            ("git update-ref refs/heads/master $(git rev-parse old)", true),
            ("git update-ref refs/heads/master $(git rev-parse old); git pack-refs --all", true),
            ("git tag -a -m t t old", true), ("git checkout -q old", true), ("git reset -q --hard old", true),
            ("move $(entry 040000 tree $(git rev-parse old:docs) .hk | git mktree)", true),
            ("move $(entry 040000 tree $(git rev-parse old:.hk) .h | git mktree)", false),
            ("move $(entry 120000 blob $blob .hk | git mktree)", true),
            ("move $(entry 120000 blob $blob .h | git mktree)", false),
            ("ln -s /opt .hk; git add .hk; git stash -q", true),
            ("mkdir -p .hk/in; touch .hk/in/x; git stash -q -u", true),
            (
                "mkdir -p .hk/in; touch .hk/in/x; git stash -q -u; echo c > a; git stash -q; git stash drop -q stash@{1}",
                false
            ),
            ("move $(entry 040000 tree $(git rev-parse old:docs) .hk | git mktree); git gc -q --prune=now", true),
            // What cannot be read, and an object that is overwritten under its name.
            ("move $(git rev-parse HEAD:); rm .git/objects/$(git rev-parse z | sed 's,^..,&/,')", true),
            ("mkfifo .git/refs/heads/f; git update-ref refs/tags/t HEAD", true),
        ])
    func created(during: String, isFound: Bool) throws {
        let found = try run(Self.missing, "\(Self.helpers)\n\(during)").followed.first
        let lines = found.filter { $0.hasPrefix(".hk/in  (core.hookspath names it and ") }
        #expect(lines.count == (isFound ? 1 : 0), "\(found)")
    }

    @Test("Objects of SHA-256, and differences from objects in packs", arguments: ["sha1", "sha256"])
    func formats(format: String) throws {
        let before = """
            git init -q --object-format=\(format) .; git config core.hooksPath .hk
            for i in $(seq 300); do echo $i > f$i; done; git add .; git commit -q -m 0
            for i in 1 2 3 4 5 6; do echo x$i >> f7; git add f7; git commit -q -m $i; done
            git branch plain; mkdir .hk; touch .hk/a; git add .; git commit -q -m hk; git branch old; git gc -q --aggressive
            git checkout -q plain; git branch -q -D master
            """
        let commit = "touch n; git add n; git commit -q -m n; git gc -q"
        for (during, count) in [(commit, 0), ("git reset -q --hard HEAD~2", 0), ("git update-ref refs/heads/b old", 1)]
        {
            let found = try run(before, during).followed.first.filter { $0.hasPrefix(".hk  (core.hookspath names") }
            #expect(found.count == count, "\(format) \(during) \(found)")
        }
    }

    @Test("A missing path that nothing names, or where a command is, is not reported")
    func unnamed() throws {
        for configuration in ["core.editor vi", "include.path t/c"] {
            let found = try run("git init -q .; git config \(configuration)", "git commit -q --allow-empty -m y")
            #expect(found.followed.isEmpty)
        }
    }

    @Test("A directory in which a start created a placeholder counts as changed only by other changes")
    func restored() throws {
        let before = "git init -q .; mkdir .husky; touch .husky/pre-push; git config core.hooksPath .husky/_"
        #expect(try run(before, "true").files.isEmpty)
        let changes = [
            "touch .husky/new": ".husky/new", "mv .husky/pre-push .husky/b": ".husky/b",
            "mv .husky h; cp -r h .husky": ".husky/",
        ]
        for (during, line) in changes {
            let found = try run(before, during)
            #expect(found.files.first.contains { $0.hasPrefix(line) }, "\(during): \(found)")
        }
    }

    @Test(
        "Hooks inside of git's own directory, where a git that starts there searches",
        arguments: [
            ("mkdir -p .git/objects/.hk; touch .git/objects/.hk/pre-push; chmod +x .git/objects/.hk/pre-push", 1),
            ("mkdir -p .git/objects/.hk; touch .git/objects/.hk/pre-push", 0),
            ("mkdir d; touch d/update d/pre-commit; chmod +x d/*; mv d .git/refs/h", 1),
            ("git branch pre-commit", 0),
        ])
    func inner(during: String, count: Int) throws {
        let found = try run("git init -q .; git commit -q --allow-empty -m x; git config core.hooksPath .hk", during)
        let lines = found.executed.first.filter { $0.hasSuffix("(a hook for a git that starts above it)") }
        #expect(lines.count == count, "\(found)")
    }
}
