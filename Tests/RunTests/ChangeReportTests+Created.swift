// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage
import Testing

/// Named paths that do not exist, and what the guard itself changes.
extension ChangeReportTests {
    private static let missing = """
        git init -q .; touch a; git add .; git commit -q -m x; git config core.hooksPath .hk/in
        mkdir later; cp -r .git/objects later/copy
        tree() { printf '%s %s %s\\t%s\\n' "$@" | git mktree; }
        """
    private static let blob = "blob=$(echo x | git hash-object -w --stdin)"

    @Test(
        "A missing path that a configuration names is reported if a new tree can create it",
        arguments: [
            ("true", false), ("touch b; git add b; git commit -q -m y", false), ("git branch b", false),
            ("git commit -q --allow-empty -m y", false), ("touch in; git add in; git commit -q -m y", true),
            ("mkdir .hk; touch .hk/other; git add .; git commit -q -m y", false),
            ("tree 100755 blob $blob pre-push", false),
            // As two trees that a later commit can name, in another case, and as a link.
            ("tree 040000 tree $(tree 100755 blob $blob pre-push) in", true),
            ("tree 040000 tree $(tree 100755 blob $blob pre-push) IN", true),
            ("tree 120000 blob $blob .hk", true), ("ln -s /opt .hk; git add .hk; git stash -q", true),
            // Objects that are not read.
            ("git gc -q", true), ("mv .git/objects .git/old; mv later/copy .git/objects", true),
            ("cd .git/objects; mkdir -p ab; echo x > ab/cdefabcdefabcdefabcdefabcdefabcdefabcd", true),
        ])
    func created(during: String, isFound: Bool) throws {
        let script = "tree() { printf '%s %s %s\\t%s\\n' \"$@\" | git mktree; }\n\(Self.blob)\n\(during)"
        let found = try run(Self.missing, script).followed.first.filter { $0.hasPrefix(".hk/in  (core.hookspath") }
        #expect(found.count == (isFound ? 1 : 0), "\(found)")
    }

    @Test("Objects that an earlier run wrote elsewhere count when they arrive")
    func arriving() throws {
        let before = """
            \(Self.missing); git init -q later/r; cd later/r; \(Self.blob)
            tree 040000 tree $(tree 100755 blob $blob pre-push) in; mv .git/objects ../x; rm -rf .git
            """
        let found = try run(before, "for d in later/x/??; do mv $d .git/objects/; done")
        #expect(found.followed.first.contains { $0.hasPrefix(".hk/in  (core.hookspath") }, "\(found.followed.first)")
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
