// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage
import Testing

@Suite("Paths at which git searches")
struct GuardSearchedTests {
    private let rules = RepositoryRules(protected: ProtectedPaths(home: "/nowhere"))

    @Test(
        "git finds the hooks of a guarded place alone, in whichever of its directories it works",
        arguments: [
            // A relative path: in the work tree, in git's own directory, in a linked work tree.
            ("git config core.hooksPath .hooks", [".hooks", ".git/.hooks"]),
            ("git config core.hooksPath one/two", ["one", "one/two", ".git/one", ".git/one/two"]),
            (
                "git commit -q --allow-empty -m a; git worktree add -q wt; git config core.hooksPath .hooks",
                [".hooks", "wt/.hooks", ".git/.hooks", ".git/worktrees/wt/.hooks"]
            ),
            (
                """
                git commit -q --allow-empty -m a; git worktree add -q wt; git config extensions.worktreeConfig true
                mkdir wt/h; git -C wt config --worktree core.hooksPath h
                """, ["wt/h"]
            ),
            ("mkdir -p d/h; git config core.worktree ../d; git config core.hooksPath h", ["d/h", ".git/h"]),
            ("git init -q ../o; git -C ../o config core.hooksPath ../p/.hooks", [".hooks"]),
            // Through a link of the caller, whose target leaves a directory again.
            ("mkdir -p d/e d/h; ln -s p/d/e/../h ../out; git config core.hooksPath ../out", ["d/e", "d/h"]),
            ("git config include.path ../.gitconfig", [".gitconfig"]),
            ("git config include.path conf/git", [".git/conf", ".git/conf/git"]),
            ("git init -q --bare ..; git -C .. config core.hooksPath p/.hooks", [".hooks"]),
            ("git init -q ..; rm ../.git/config; git config --global core.hooksPath p/h; rm -r .git", ["h"]),
        ])
    func searched(script: String, paths: [String]) throws {
        try Fixture.directory { directory in
            let identity = "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b"
            try Fixture.shell("\(identity)\n\(GuardFixture.setUp)\n\(script)", directory.string)
            let trees = try GuardFixture.trees(directory.appending("p"))
            let other = try? GuardedTree(ContainerTree(directory.appending("o")), target: "/o", isReadOnly: true)
            let global = GitConfiguration.Entry.include(directory.appending(".gitconfig"))
            let rules = RepositoryRules(protected: ProtectedPaths(home: "/no"), home: directory, settings: [global])
            let guarding = try GitGuard(trees + [other].compactMap(\.self), rules: rules)
            #expect(guarding.unguarded.isEmpty, "\(guarding.unguarded)")
            for path in paths {
                #expect(guarding.mounts.contains { $0.target == "/workspace/\(path)" }, "\(path)")
            }
            let list = "cd \"$1/p\"; find . -printf '%p %y %m %U\\n' | sort"
            let before = try Fixture.shell(list, directory.string)
            try guarding.makePlaceholders()
            let last = try #require(paths.last)
            #expect(Files.exists(directory.appending("p").pushing(FilePath(last))))
            // A killed launcher leaves them, and the next one takes them away; one beside it holds the same locks.
            let again = try GitGuard(trees + [other].compactMap(\.self), rules: rules)
            #expect(Set(again.mounts) == Set(guarding.mounts) && again.identities == guarding.identities)
            again.removePlaceholders { _ in true }
            #expect(try Fixture.shell(list, directory.string) == before)
        }
    }

    @Test(
        "Nothing below a read-only path is writable",
        arguments: [
            (
                "mkdir -p hk/lib; : > hk/lib/cfg; git config core.hooksPath hk; git config include.path ../hk/lib/cfg",
                "hk"
            ),
            (
                "mkdir -p hk/lib; : > hk/lib/cfg; git config include.path ../hk/lib/cfg; git config core.hooksPath hk",
                "hk"
            ),
            (
                "git worktree add -q ../w; git config include.path worktrees/w/inc; : > .git/worktrees/w/inc",
                ".git/worktrees"
            ),
            (
                """
                git worktree add -q ../w; git init -q s; ln -s ../.git/worktrees/w s/lnk
                git -C s config include.path ../lnk/gitdir
                """, ".git/worktrees"
            ),
            ("git worktree add -q ../w; mkdir .git/worktrees/w/h; git config core.hooksPath h", ".git/worktrees"),
        ])
    func writableBelow(script: String, path: String) throws {
        try Fixture.directory { directory in
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            let mounts = guarding.mounts.filter { $0.target.hasPrefix("/workspace/\(path)") }
            #expect(!mounts.isEmpty && mounts.allSatisfy(\.readOnly), "\(mounts)")
        }
    }

    @Test(
        "A path that cannot be guarded is said, and keeps nobody from starting",
        arguments: [
            "core.hooksPath missing/$(printf %0300d 0)", "core.hooksPath .git/config.lock/x",
            "core.hooksPath .git/index.lock", "include.path index.lock", "core.hooksPath .git/MERGE_HEAD/x",
            "core.hooksPath up/build", "core.hooksPath lnk/new", "include.path ../up/f", "core.hooksPath up/src",
        ], ["n", "."])
    func unguardable(setting: String, repository: String) throws {
        try Fixture.directory { directory in
            let more =
                "git init -q n; ln -s .. n/up; ln -s ../.git n/lnk; mkdir src; touch f; ln -s ../p up; ln -s .git lnk"
            let script = "\(GuardFixture.setUp)\n\(more)\ngit -C \(repository) config \(setting)"
            try Fixture.shell(script, directory.string)
            let list = "cd \"$1/p\"; find . -printf '%p %y\\n' | sort"
            let before = try Fixture.shell(list, directory.string)
            let trees = try GuardFixture.trees(directory.appending("p"))
            let guarding = try GitGuard(trees, rules: rules)
            #expect(!guarding.remarks.isEmpty || setting.hasPrefix("include"), "\(guarding.mounts.map(\.target))")
            let mounts = guarding.mounts.map(\.target)
            let mine = ["/workspace/src", "/workspace/f", "/workspace/build"].filter {
                repository == "n" && mounts.contains($0)
            }
            #expect(mine.isEmpty)
            try guarding.makePlaceholders()
            #expect(!Files.exists(directory.pushing("p/.git/index.lock")))
            guarding.removePlaceholders { _ in true }
            #expect(try Fixture.shell(list, directory.string) == before)
            #expect(try RepositoryRepair(trees, rules: rules).run().isEmpty)
        }
    }

    @Test("A long path that is not guarded is shortened in the remark")
    func longPath() throws {
        try Fixture.directory { directory in
            let long = "$(for i in $(seq 12); do printf '%0300d/' 0; done)end"
            try Fixture.shell("\(GuardFixture.setUp)\ngit config core.hooksPath \"\(long)\"", directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            #expect(guarding.remarks.contains { $0.contains("000[...]000") && $0.contains("0/end', which is not") })
            #expect(guarding.remarks.allSatisfy { $0.utf8.count < 1000 })
        }
    }

    @Test("A directory that a container gave the time of a placeholder")
    func forgedTime() throws {
        try Fixture.directory { directory in
            let script =
                "mkdir -p n/hk; git init -q n; git -C n config core.hooksPath hk; touch -d @86400.020030614 n/hk n ."
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            #expect(guarding.mounts.contains { $0.target == "/workspace/n/hk" && $0.readOnly })
        }
    }

    @Test(
        "What an added directory shows read-only is guarded in the project", arguments: ["tools/hooks", "tools/none"])
    func addedReadOnly(path: String) throws {
        try Fixture.directory { directory in
            let script = "mkdir -p tools/hooks; git config core.hooksPath \(path)"
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let added = GuardedTree(
                try ContainerTree(directory.pushing("p/tools")), target: "/mnt/tools", isReadOnly: true)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")) + [added], rules: rules)
            #expect(guarding.mounts.contains { $0.target == "/workspace/\(path)" && $0.readOnly })
        }
    }

    @Test(
        "A directory of hooks is guarded unless it is a repository",
        arguments: [
            ("echo ref > h/HEAD", true), ("touch h/.git", true), ("mkdir h/.git", true), ("git init -q h", false),
            ("git init -q --bare h", false), ("echo 'gitdir: ../x' > h/.git", false),
        ])
    func repositoryInHooks(script: String, isGuarded: Bool) throws {
        try Fixture.directory { directory in
            let all = "\(GuardFixture.setUp)\nmkdir h; git config core.hooksPath h; \(script)"
            try Fixture.shell(all, directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            #expect(guarding.mounts.contains { $0.target == "/workspace/h" && $0.readOnly } == isGuarded)
            #expect(guarding.remarks.contains { $0.contains("or it contains a repository") } != isGuarded)
        }
    }

    @Test("Bind mounts that show guarded files elsewhere are said")
    func aliases() throws {
        try Fixture.directory { directory in
            try Fixture.shell("\(GuardFixture.setUp)\nmkdir gm tools ../m", directory.string)
            let project = directory.appending("p")
            let line = { (root: FilePath, point: FilePath) in "30 1 8:1 \(root) \(point) rw - ext4 /dev/sda1 rw\n" }
            let table = line("/", "/") + line(project.pushing(".git"), project.appending("gm"))
            let other = line(project.appending("tools"), directory.appending("m"))
            for (text, count, adds) in [
                (line("/", "/"), 0, true), (table, 1, false), (table + other, 2, true), (other, 0, false),
            ] {
                let rules = RepositoryRules(protected: ProtectedPaths(home: "/no", mounts: MountPoints(text)))
                let added = GuardedTree(try ContainerTree(directory.appending("m")), target: "/mnt/m")
                let guarding = try GitGuard(try GuardFixture.trees(project) + (adds ? [added] : []), rules: rules)
                #expect(guarding.remarks.filter { $0.contains("(a bind mount)") }.count == count, "\(text)")
            }
        }
    }

    @Test("A placeholder that the host committed stays, and a file of the work tree that it removed is not put back")
    func hostChanges() throws {
        try Fixture.directory { directory in
            let script =
                "touch .gc; git add .; git commit -q -m x; git config include.path ../inc; git config --add include.path ../.gc"
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let project = directory.appending("p")
            let guarding = try GitGuard(try GuardFixture.trees(project), rules: rules)
            try guarding.makePlaceholders()
            let record = GuardRecord(guarding)
            try Fixture.shell("cd \"$1\"; git add -f inc; git rm -q --cached .gc; rm .gc .git/config", project.string)
            #expect(record.restore().count == 1)
            #expect(!Files.exists(project.appending(".gc")) && Files.exists(project.pushing(".git/config")))
            guarding.removePlaceholders { _ in true }
            #expect(Files.exists(project.appending("inc")))
        }
    }

    @Test("A placeholder stays while a launcher of a directory above, below or between uses it")
    func enclosed() throws {
        try Fixture.directory { directory in
            let script = "git config --global core.hooksPath one/two; mkdir -p d/e; git init -q d/e"
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let global = GitConfiguration.Entry.include(directory.appending(".gitconfig"))
            let rules = RepositoryRules(protected: ProtectedPaths(home: "/no"), home: directory, settings: [global])
            let project = directory.appending("p")
            let guarding = try GitGuard(try GuardFixture.trees(project), rules: rules)
            try guarding.makePlaceholders()
            let place = project.pushing("d/e/one/two")
            #expect(Files.exists(place))
            for other in [directory, project, project.appending("d"), project.pushing("d/e")] {
                let lock = try ProjectLock(try ContainerTree(other).identity)
                guarding.removePlaceholders { ProjectLock.isFree($0) }
                #expect(Files.exists(place), "\(other)")
                lock.remove()
            }
            guarding.removePlaceholders { ProjectLock.isFree($0) }
            #expect(!Files.exists(place))
        }
    }

    @Test("A repository in the project that leaves another directory by '..' is said not to be guarded")
    func passageOutside() throws {
        try Fixture.directory { directory in
            let script = "git init -q n; mkdir shared; touch n/inc; git -C n config include.path $PWD/shared/../n/inc"
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            #expect(guarding.unguarded.contains { $0.contains("'\(directory)/p/shared'") }, "\(guarding.unguarded)")
        }
    }

    @Test("Two settings that need a file and a directory at one path")
    func conflict() throws {
        try Fixture.directory { directory in
            let script = "git config core.hooksPath missing/a; git config include.path ../missing"
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            #expect(guarding.remarks.count == 1, "\(guarding.remarks)")
            try guarding.makePlaceholders()
            guarding.removePlaceholders { _ in true }
        }
    }

    @Test("Names that are not UTF-8 are guarded as they are", arguments: ["include.path ../", "core.hooksPath "])
    func bytes(setting: String) throws {
        try Fixture.directory { directory in
            let script = "git config \(setting)\"$(printf 'caf\\351')\""
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            try guarding.makePlaceholders()
            #expect(try Fixture.shell("cd \"$1/p\"; ls | od -An -c | tr -d ' '", directory.string) == "caf351\\n\n")
        }
    }

    @Test("Very many settings are bounded, and said")
    func many() throws {
        try Fixture.directory { directory in
            let more = """
                git init -q n; for i in $(seq 45000); do echo "hooksPath=../x$i"; done >> n/list
                { echo '[core]'; cat n/list; } >> n/.git/config
                """
            try Fixture.shell("\(GuardFixture.setUp)\n\(more)", directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            #expect(guarding.unguarded.contains { $0.hasSuffix("names too many paths, and not all are guarded") })
        }
    }
}
