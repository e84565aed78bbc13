// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage
import Testing

/// Versions of a tracked path that a container leaves for a later checkout. git itself shows that it would bring them.
extension ChangeReportTests {
    /// A commit `$e` with another hook, whose parent is the current one, `$old`.
    private static let other = """
        old=$(git rev-parse HEAD); h=$(echo other | git hash-object -w --stdin)
        t=$(printf '100755 blob %s\\tpre-push\\n' $h | git mktree)
        r=$(printf '040000 tree %s\\t.githooks\\n' $t | git mktree); e=$(git commit-tree -p $old -m e $r)
        """
    private static let project = """
        git init -q .; mkdir .githooks; touch .githooks/pre-push; git add .; git commit -q -m 1
        echo 2 > .githooks/pre-push; git commit -q -a -m 2; echo 3 > file; git add .; git commit -q -m 3
        git config core.hooksPath .githooks
        """

    private func committed(_ during: String) throws -> [String] {
        try run(Self.project, "\(Self.other); \(during)").followed.first.filter { $0.hasPrefix(".githooks  (") }
    }

    @Test(
        "Another version of a tracked hook that git can reach is listed, wherever its commit is hidden",
        arguments: [
            ("git update-ref refs/heads/x $e", "x"),
            ("git update-ref refs/heads/x $(git commit-tree -p $e -m r $old^{tree})", "x~1"),
            ("git tag -a -m t x $(git commit-tree -p $old -p $e -m r $old^{tree})", "x^2"),
            ("git update-ref -m a HEAD $e; git update-ref -m b HEAD $old; rm -f .git/ORIG_HEAD", "HEAD@{1}"),
            (
                "printf '# pack-refs with: peeled fully-peeled sorted \\n%s\\trefs/heads/x\\n' $e > .git/packed-refs",
                "x"
            ),
            ("mkdir .git/hidden; echo $e > .git/hidden/e; echo 'ref:  hidden/e ' > .git/refs/heads/x", "x"),
            ("mkdir .git/logs/e; echo $e > .git/logs/e/e; echo 'ref: logs/e/e' > .git/refs/heads/x", "x"),
            ("mkdir .git/origin; echo $e > .git/origin/main", "origin/main"), ("echo $e > .git/v1.0", "v1.0"),
            ("cd .git; for i in $(seq 4200); do : > zz$i; done; echo $e > HEAD; cd ..", "HEAD"),
            (
                """
                i=$(git commit-tree -p $old -m i $old^{tree}); u=$(git commit-tree -m u $r)
                z=$(git commit-tree -m z $old^{tree})
                git update-ref refs/stash $(git commit-tree -p $old -p $i -p $u -p $z -m s $old^{tree})
                """, "stash^3"
            ),
            (
                """
                mkdir -p .git/logs/refs; git update-ref refs/stash $old
                entry() { printf '%s %s a <a@b> 1700000000 +0000\tm\n' $1 $2; }
                { entry $old $e; entry $e $old; for i in $(seq 68); do entry $old $old; done; } > .git/logs/refs/stash
                """, "stash@{69}"
            ),
            (
                """
                printf '%s\\n' $e $r $t $h | git pack-objects -q .git/objects/pack/pack > list
                at() { echo .git/objects/$(git rev-parse $1 | sed 's,^..,&/,'); }
                cp -f $(at $old^{tree}) $(at $r); git update-ref refs/heads/x $e
                """, "x"
            ),
        ])
    func hidden(during: String, revision: String) throws {
        let check = "test $(git show \(revision):.githooks/pre-push) = other"
        let found = try committed("\(during); \(check)")
        #expect(found.count == 1, "\(during)")
    }

    /// Replaces bytes, given in hexadecimal, in the index, and its checksum.
    private static let forge = """
        forge() { python3 -c 'import hashlib, sys
        old, new = map(bytes.fromhex, sys.argv[1:])
        with open(".git/index", "rb") as file: data = file.read()[:-20]
        assert old in data
        at = data.rindex(old)
        data = data[:at] + new + data[at + len(old):]
        with open(".git/index", "wb") as file: file.write(data + hashlib.sha1(data).digest())' "$1" "$2"; }
        """

    @Test(
        "Another version in a tree that the index keeps for the next commit is listed",
        arguments: [
            ("forge $(git rev-parse HEAD^{tree}) $r", ":"),
            // Taken once another file of the work tree is staged.
            ("forge $(git rev-parse HEAD:.githooks) $t", "echo 4 > file; git add file"),
        ])
    func kept(during: String, later: String) throws {
        let check = """
            test -z "$(git status -s)"; cp .git/index copy; export GIT_INDEX_FILE=copy; \(later)
            test $(git show $(git write-tree):.githooks/pre-push) = other
            """
        let found = try committed("\(Self.forge); git status -s; \(during); \(check)")
        #expect(found.count == 1, "\(during)")
    }

    @Test("A tree that the index keeps below the path is compared as well")
    func keptBelow() throws {
        let project = """
            git init -q .; mkdir -p .githooks/d; touch .githooks/pre-push .githooks/d/f; git add .; git commit -q -m 1
            git config core.hooksPath .githooks
            """
        for (object, count) in [("$t", 1), ("$d", 0)] {
            let during = "d=$(git rev-parse HEAD:.githooks/d); \(Self.forge); forge $d \(object)"
            let found = try run(project, "\(Self.other); \(during)").followed.first
            #expect(found.count { $0.hasPrefix(".githooks  (") } == count, "\(object) \(found)")
        }
    }

    @Test(
        "What git could read in several ways counts as changed",
        arguments: [
            "printf '%s refs/heads/x\\n%s refs/heads/x\\n' $e $old > .git/packed-refs",
            "printf '%s refs/heads/x\\n%s refs/heads/a\\n' $old $old > .git/packed-refs",
            "printf '%s refs/heads/x' $old > .git/packed-refs",
            "git repack -adq; git multi-pack-index write",
            """
            entry() { printf '40000 .githooks\\0'; /usr/bin/printf "$(echo $1 | sed 's/../\\\\x&/g')"; }
            { entry $(git rev-parse HEAD:.githooks); entry $t; } > list
            d=$(git hash-object -t tree -w --literally list); rm list
            git update-ref refs/heads/x $(git commit-tree -p $old -m d $d)
            """,
        ])
    func ambiguous(during: String) throws { #expect(try committed(during).count == 1, "\(during)") }

    @Test(
        "What brings no other version is not listed",
        arguments: [
            "git notes add -m n", "git tag key $(git hash-object -w file)", "echo u > u; git stash -q -u",
            "echo u > file; git stash -q", "echo u > file; git stash -q; git stash pop -q; git commit -q -a -m u",
            "git update-ref refs/heads/pages $(git commit-tree -m x $(git mktree < /dev/null))",
            "git branch b HEAD~1", "git branch b $(git commit-tree -p HEAD~1 -m n HEAD~1^{tree})",
            "git checkout -q -b b HEAD~1; git commit -q --allow-empty -m b; git checkout -q -; git merge -q --no-edit b",
            "git commit -q --allow-empty -m c; git reset -q --hard HEAD~1; git gc -q 2> /dev/null",
            "git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main", "git pack-refs --all",
            "echo 'ref: #12' > .git/COMMIT_EDITMSG; echo 'ref: x' > .git/MERGE_MSG",
        ])
    func same(during: String) throws {
        let found = try committed(during)
        #expect(found.isEmpty, "\(during): \(found)")
    }

    @Test("A repository to which everybody may write is named, unless nobody can replace files there")
    func openRepository() throws {
        let found = try run(
            "git init -q .; mkdir -p src",
            "mkdir -m 1777 .git/sticky; chmod 777 src .git .git/hooks; chmod 775 .git/info")
        let lines = found.setID.first.map { $0.prefix { $0 != ":" } }.sorted()
        #expect(
            lines == [".git", ".git/hooks"].map { "'\($0)' can be written by everybody on this machine" })
    }

    @Test("A template's hooks and configuration have lines of their own, each once")
    func templateLines() throws {
        let found = try run(
            "git init -q .; git config init.templateDir t; mkdir t",
            """
            mkdir -p t/hooks t/a; for i in $(seq 600); do mkdir t/a/d$i; echo x > t/a/d$i/f; done
            touch t/hooks/post-checkout; echo '[core]' > t/config
            """)
        let shown = ReportLines.shown([found.executed], most: 5)
        for name in ["config", "hooks/post-checkout"] {
            let line = "t/\(name)  (executed or read by git: init.templatedir)"
            #expect(shown.contains(line) && found.executed.first.filter { $0 == line }.count == 1, "\(shown)")
        }
        #expect(!found.executed.first.contains { $0.hasPrefix("t/hooks  (") || $0.hasPrefix("t/a  (") })
    }
}
