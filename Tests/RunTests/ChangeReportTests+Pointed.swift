// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

/// Directories that become repositories, and the pointers to them.
extension ChangeReportTests {
    /// The report about `during` after a start on `before`, with the complete baseline.
    private func guarded(_ before: String, _ during: String) throws -> ChangeReport {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; \(before)", directory.string)
            usleep(30_000)
            let guarding = try GitGuard(
                [GuardedTree(try ContainerTree(directory), target: "/w")],
                rules: RepositoryRules(protected: ProtectedPaths(home: "/no")))
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            // The guard itself changes the times of directories.
            try guarding.makePlaceholders()
            guarding.removePlaceholders()
            try Fixture.shell("cd \"$1\"; \(during)", directory.string)
            return ChangeReport(
                directory, since: start, repositories: guarding.repositories, workTrees: guarding.workTrees,
                directories: guarding.directories[0] ?? [:], complete: guarding.complete)
        }
    }

    private static let store = """
        git init -q .; rm -r .git/hooks; mkdir -p d $store/objects $store/refs
        printf '[core]\\n\\tfsmonitor=x\\n' > $store/config; echo "gitdir: ../$store" > d/.git
        """

    @Test(
        "A directory that a pointer names becomes a repository later", arguments: ["store", ".git/modules/x"])
    func later(store: String) throws {
        let before = "store=\(store); \(Self.store)"
        let line = "\(store)/  (a git repository; config: core.fsmonitor"
        for during in ["echo 'ref: refs/heads/m' > \(store)/HEAD", "git init -q --bare n; mv n/HEAD \(store)"] {
            let found = try guarded(before, during).executed.first
            #expect(found.contains { $0.hasPrefix(line) }, "\(during) \(found)")
        }
        let whole = "\(before); echo 'ref: refs/heads/m' > \(store)/HEAD"
        #expect(try guarded(whole, "echo 'ref: refs/heads/n' > \(store)/HEAD").executed.isEmpty, "it was one before")
        let broken = "\(before); echo nonsense > \(store)/HEAD"
        let mended = try guarded(broken, "echo 'ref: refs/heads/m' > \(store)/HEAD").executed.first
        #expect(mended.contains { $0.hasPrefix(line) }, "\(mended)")
    }

    @Test("An unchanged file .git is no configuration that cannot be read")
    func pointerFile() throws {
        let found = try report("echo 'gitdir: /nowhere' > .git", "true", guarded: [])
        #expect(found.isEmpty, "\(found)")
    }

    @Test("An unguarded directory whose HEAD is overwritten, or whose directories are opened")
    func inPlace() throws {
        let before = "mkdir -p s/objects s/refs; printf '[core]\\nfsmonitor=x\\n' > s/config; echo no > s/HEAD"
        let line = "s/  (a git repository; config: core.fsmonitor)"
        let written = try report(before, "echo 'ref: refs/heads/m' | dd of=s/HEAD conv=notrunc status=none")
        #expect(written.executed.first.contains(line), "\(written.executed.first)")
        let opened = try report("\(before); chmod 0 s/objects", "chmod 700 s/objects")
        #expect(opened.executed.first.contains(line), "\(opened.executed.first)")
    }

    private static let common = """
        mkdir -p store/objects store/refs; printf '[core]\\nfsmonitor=x\\n' > store/config
        """
    private static let linked = "mkdir -p w; echo 'ref: refs/heads/m' > w/HEAD; echo ../store > w/commondir"

    @Test("The configuration in the directory that commondir names is reported anywhere in the project")
    func commonDirectory() throws {
        let line = "w/  (a git repository; ../store/config: core.fsmonitor)"
        #expect(try report(common, linked).executed.first == [line])
        let out = try report("true", "\(linked); echo ../../x > w/commondir")
        #expect(out.executed.first == ["w/  (a git repository; commondir: '../../x', it leads out of the project)"])
        let changed = try report("\(linked); \(common)", "echo '[a]' >> store/config")
        let words = "a git repository, and in its common directory '../store' these changed: config"
        #expect(changed.executed.first == ["w/  (\(words); ../store/config: core.fsmonitor)"])
        #expect(try report(common, "\(linked); echo ../store/../w > w/commondir").executed.isEmpty, "itself")
        #expect(try report("true", linked).executed.isEmpty, "nothing is there")
    }

    private var common: String { Self.common }
    private var linked: String { Self.linked }

    @Test("Unchanged files are not reported, although the guard changes the times beside them")
    func unchanged() throws {
        let found = try guarded(
            """
            git init -q .; git init -q sub; mkdir -p .git/modules/x .git/modules/y.quarantined-1/objects a b c/.git
            cp -r sub/.git/. .git/modules/x; ln -s /etc/passwd .git/modules/x/config.quarantined-1; ln -s ../b a/.git
            cp -r sub/.git/. .git/modules/y.quarantined-1; ln -s /nonexistent c/.git/link; ln -s /etc/hostname .git/refs/l
            """, "true")
        #expect(found.isEmpty && found.unclear == 0, "\(found)")
    }

    @Test("An older link is reported when another link on its way may have changed")
    func oldLink() throws {
        let before = "mkdir -p a x y/r; ln -s ../z/r a/.git"
        let found = try report("\(before); ln -s x z", "ln -sfn y z")
        #expect(found.executed.first == ["a/.git  (a link that git follows: '../z/r')"])
    }

    @Test(
        "A rebase todo list is reported only if it has a command", arguments: ["", "\\n# x\\n \\t\\r\\n"])
    func emptyList(text: String) throws {
        let before = "git init -q .; mkdir .git/rebase-merge"
        let file = ".git/rebase-merge/git-rebase-todo"
        #expect(try report(before, "printf '\(text)' > \(file)").executed.isEmpty)
        let found = try report(before, "printf '\(text)  exec x\\n' > \(file)")
        #expect(found.executed.first == ["\(file)  (`git rebase --continue` executes it)"])
    }

    @Test("A shallow file changes the history")
    func shallow() throws {
        let found = try report(
            "git init -q .; git init -q n; touch .git/shallow n/.git/shallow",
            "for r in . n; do echo x > $r/.git/shallow; done", guarded: [".git", "n/.git"])
        #expect(
            found.followed.first == [".git/shallow", "n/.git/shallow"].map { "\($0)  (git shows another history)" })
    }

    @Test("A repository that git enters by itself is shown before many others, and the rest is counted")
    func entrances() throws {
        let found = try report(
            "git init -q .; rm -r .git/hooks",
            """
            mkdir -p aa/0/.git/objects aa/0/.git/refs; cd aa/0/.git; echo 'ref: refs/heads/m' > HEAD
            printf '[core]\\nfsmonitor=x\\n' > config; cd ../../..; for i in $(seq 1 1100); do cp -r aa/0 aa/$i; done
            cp -r aa/0 zy; cp -r aa/0 zz; git update-index --add --cacheinfo 160000,\(String(repeating: "1", count: 40)),zz
            printf '[submodule "zy"]\\npath = zy\\n' > .gitmodules
            """)
        let shown = ReportLines.shown([found.executed], most: 20)
        let words = "a git repository; config: core.fsmonitor"
        #expect(shown.contains("zz/.git/  (\(words); a gitlink, which git in the project goes into)"))
        #expect(shown.contains("zy/.git/  (\(words); .gitmodules names it)"))
        #expect(found.executed.count == 1103 && found.executed.keptCount == 1002)
        #expect(found.executed.first.count == found.executed.keptCount)
    }

    @Test("Directories are recorded even when no more repositories can be guarded")
    func full() throws {
        try Fixture.directory { directory in
            let script = """
                cd "$1"; git init -q .; mkdir -p z/y/x; for i in $(seq 1 500); do
                mkdir -p a/$i/.git/objects a/$i/.git/refs; echo 'ref: refs/heads/m' > a/$i/.git/HEAD; done
                """
            try Fixture.shell(script, directory.string)
            let guarding = try GitGuard(
                [GuardedTree(try ContainerTree(directory), target: "/w")],
                rules: RepositoryRules(protected: ProtectedPaths(home: "/no")))
            #expect(guarding.unguarded.contains { $0.hasSuffix("has more nested repositories than can be guarded") })
            let known = Set((guarding.directories[0] ?? [:]).values)
            #expect(known.isSuperset(of: ["z/y/x", "a/1", "a/500", ".git", ".git/refs"]))
        }
    }
}
