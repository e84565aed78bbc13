// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

@Suite("Paths that configurations and pointers of repositories name")
struct GuardNamedTests {
    private let rules = RepositoryRules(protected: ProtectedPaths(home: "/nowhere"))

    @Test(
        "Paths in the project that a configuration names are read-only",
        arguments: [
            ("git config core.hooksPath tools/hooks", "tools/hooks"),
            ("git config core.hooksPath '~/p/tools/hooks'", "tools/hooks"),
            ("git config include.path ../one; printf '[include]\\npath = two\\n' > one; : > two", "two"),
            ("git init -q ..; git -C .. config core.hooksPath p/tools/hooks", "tools/hooks"),
            ("git init -q ../g; git -C ../g config core.hooksPath p/tools/hooks; ln -s g/.git ../.git", "tools/hooks"),
            (
                "mkdir ../e; git config --file ../e/c core.hooksPath '~/p/\u{301}h'; mkdir \u{301}h; cp ../e/c .git/config",
                "\u{301}h"
            ),
            ("git init -q sub; mkdir sub/h; git -C sub config core.hooksPath h", "sub/h"),
        ])
    func named(script: String, path: String) throws {
        try Fixture.directory { directory in
            try Fixture.shell("\(GuardFixture.setUp)\nmkdir -p tools/hooks\n\(script)", directory.string)
            let rules = RepositoryRules(protected: ProtectedPaths(home: "/nowhere"), home: directory)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            let mount = guarding.mounts.first { $0.target == "/workspace/\(path)" }
            #expect(mount?.readOnly == true, "\(guarding.mounts.map(\.target))")
        }
    }

    @Test(
        "A directory that a path leaves by '..' is held, or the path is said not to be guarded",
        arguments: [
            ("git config core.hooksPath sub/../tools/hooks", "sub", true),
            ("git config core.hooksPath nope/../tools/hooks", "nope", false),
            ("ln -s sub/deep link; git config core.hooksPath link/../tools/hooks", "link", false),
            ("git config include.path ../sub/deep/../../one; : > one", "sub/deep", true),
            ("git config core.hooksPath \"$PWD/sub/../tools/hooks\"", "sub", true),
        ], [true, false])
    func passages(_ item: (script: String, passage: String, isHeld: Bool), isOwn: Bool) throws {
        try Fixture.directory { directory in
            let file = isOwn ? "--file ../own" : ""
            let script = item.script.replacing("git config", with: "git config \(file)")
            try Fixture.shell("\(GuardFixture.setUp)\nmkdir -p tools/hooks sub/deep\n\(script)", directory.string)
            guard !isOwn || !script.contains("include.path") else { return }
            let settings = isOwn ? "include.path\n\(directory)/own\0" : ""
            let rules = RepositoryRules(
                protected: ProtectedPaths(home: "/nowhere"), home: directory,
                settings: GitConfiguration.Entry.entries(listing: Array(settings.utf8)))
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            #expect(guarding.mounts.contains { $0.target == "/workspace/\(item.passage)" } == item.isHeld)
            #expect(guarding.unguarded.contains { $0.contains("p/\(item.passage)'") } == !item.isHeld)
        }
    }

    @Test("A configuration around the project that cannot be read is named at the start and at the end")
    func enclosing() throws {
        try Fixture.directory { directory in
            let script = "git init -q ..; { printf '#'; head -c 1100000 /dev/zero | tr '\\0' x; } >> ../.git/config"
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            #expect(guarding.unguarded.contains { $0.hasPrefix("'\(directory)/.git/config' cannot be read") })
        }
    }

    @Test(
        "A directory of hooks that is the project itself is named at the start and at the end",
        arguments: ["git config core.hooksPath \"$PWD\"", "git config core.hooksPath tools/.."])
    func topHooks(script: String) throws {
        try Fixture.directory { directory in
            try Fixture.shell("\(GuardFixture.setUp)\nmkdir tools; \(script)", directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            #expect(guarding.unguarded.contains { $0.hasPrefix("'\(directory)/p' is a directory of hooks") })
        }
    }

    @Test(
        "The caller's own configuration may include any file of the host; a repository's only mounted ones",
        arguments: [("", true), ("../../own", false), ("PLACE/own", false), ("../link", false), ("../../", false)])
    func host(include: String, isRead: Bool) throws {
        try Fixture.directory { directory in
            let own = "printf '[core]\\nhooksPath = tools/hooks\\n' > ../own; ln -s ../own link; touch -ad @1 ../own"
            try Fixture.shell("\(GuardFixture.setUp)\nmkdir -p tools/hooks; \(own)", directory.string)
            let path = include.replacing("PLACE", with: directory.string)
            if !path.isEmpty { try Fixture.shell("git -C \"$1/p\" config include.path \(path)", directory.string) }
            let settings = include.isEmpty ? "includeif.gitdir:/x/.path\n\(directory)/own\0" : ""
            let rules = RepositoryRules(
                protected: ProtectedPaths(home: "/nowhere"), home: directory,
                settings: GitConfiguration.Entry.entries(listing: Array(settings.utf8)))
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            #expect(guarding.mounts.contains { $0.target == "/workspace/tools/hooks" } == isRead)
            #expect(guarding.remarks.isEmpty == isRead, "\(guarding.remarks)")
            #expect(try (Files.status(of: directory.appending("own")).st_atim.tv_sec == 1) == !isRead)
        }
    }

    @Test(
        "Named paths that the user works with stay writable, are never moved aside, and are reported",
        arguments: [
            "git -C n config core.hooksPath ../.git/config", "git -C n config core.hooksPath ../src",
            "git -C n config include.path ../../.git/objects", "git -C n config include.path ../../src",
            "git -C n config include.path ../../a", "git config include.path index", "git config include.path objects",
            "git config core.hooksPath .git/refs/heads", "git config core.hooksPath a",
            "git -C n config core.hooksPath objects",
            "git -C n config core.hooksPath .git", "git config core.hooksPath n",
            "mkfifo f; git config include.path ../f",
        ])
    func mine(script: String) throws {
        try Fixture.directory { directory in
            let more = "mkdir -p src; touch a src/b; git init -q n; mkdir n/objects"
            try Fixture.shell("\(GuardFixture.setUp)\n\(more)\ngit add a; \(script)", directory.string)
            let trees = try GuardFixture.trees(directory.appending("p"))
            let guarding = try GitGuard(trees, rules: rules)
            #expect(guarding.remarks.count == 1 || script.hasSuffix("objects"), "\(guarding.remarks)")
            let mounts = Set(guarding.mounts.filter(\.readOnly).map { $0.target.dropFirst("/workspace/".count) })
            let mine = ["src", "a", "n", "n/.git", ".git/index", ".git/objects", ".git/refs/heads", "f"]
            #expect(mounts.isDisjoint(with: mine.map { $0[...] }), "\(mounts)")
            #expect(try RepositoryRepair(trees, rules: rules).run().isEmpty)
        }
    }

    @Test(
        "A repository whose commondir is invalid is refused, and can be repaired",
        arguments: ["true", "ln -s nowhere y", "mkfifo y", "touch y", "ln -s y y", "mkdir y"])
    func commonDirectory(script: String) throws {
        try Fixture.directory { directory in
            let more = """
                mkdir n g; echo "gitdir: ../g" > n/.git; echo "ref: refs/heads/m" > g/HEAD; echo ../y > g/commondir
                """
            try Fixture.shell("\(GuardFixture.setUp)\n\(more)\n\(script)", directory.string)
            let trees = try GuardFixture.trees(directory.appending("p"))
            #expect(throws: RunError.self) { try GitGuard(trees, rules: rules) }
            #expect(
                try RepositoryRepair(trees, rules: rules).run()
                    == [directory.pushing("p/g/commondir.quarantined-1")])
            #expect(throws: Never.self) { try GitGuard(trees, rules: rules) }
        }
    }

    @Test(
        "The file `.git` is parsed as git does",
        arguments: [
            "gitdir: ../x\\n", "gitdir: ../x", "gitdir: ../x \\n", "gitdir: ../x\\t", "gitdir: ../x\\r\\n\\n",
            "gitdir: ../x\\nz\\n",
            "gitdir:  ../x\\n", "gitdir:../x\\n", "gitdir: \\n", " gitdir: ../x\\n", "GITDIR: ../x\\n",
            "gitdir: ../x\\000z\\n",
        ])
    func pointer(contents: String) throws {
        try Fixture.directory { directory in
            let script = """
                cd "$1"; for n in x 'x ' "$(printf 'x\\t')" "$(printf 'x\\nz')" 'w/ ' ' '; do
                    git init -q --bare "$n"
                done
                mkdir -p w; printf '\(contents)' > w/.git
                git -C w rev-parse --absolute-git-dir 2> /dev/null || echo none
                """
            let answer = try Fixture.shell(script, directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory), rules: rules)
            let found = guarding.repositories.map(\.string)
            #expect(found == (answer == "none\n" ? [] : [String(answer.dropLast())]), "\(contents)")
        }
    }

    @Test(
        "A pointer or a submodule into the user's own files is ignored",
        arguments: [
            "../a/x", "../.git/config/x", "../.git/HEAD/x", "../.git/refs/heads", "../.git/objects", "../src",
            "../src/b/c", "../lnk/.git", "..",
        ])
    func pointed(place: String) throws {
        try Fixture.directory { directory in
            let more = """
                mkdir -p src/config src/hooks n m; touch a src/b; ln -s src lnk; echo 'gitdir: \(place)' > n/.git
                printf '[submodule "m"]\n\tpath = %s\n' a/x m src/b/c lnk/x > .gitmodules; cp n/.git m/.git
                find . -printf '%p %y %m %U\n' | sort
                """
            let before = try Fixture.shell("\(GuardFixture.setUp)\n\(more)", directory.string)
            let trees = try GuardFixture.trees(directory.appending("p"))
            let guarding = try GitGuard(trees, rules: rules)
            #expect(guarding.unguarded.contains { $0.contains("/n") && $0.hasSuffix("is no repository") })
            #expect(guarding.repositories == [directory.pushing("p/.git")])
            try guarding.makePlaceholders()
            guarding.removePlaceholders { _ in true }
            #expect(try RepositoryRepair(trees, rules: rules).run().isEmpty)
            let after = "cd \"$1/p\"; find . -printf '%p %y %m %U\\n' | sort"
            #expect(try Fixture.shell(after, directory.string) == before)
        }
    }

    @Test("The caller's own configuration may refer to the project through links", arguments: [true, false])
    func linked(isInclude: Bool) throws {
        try Fixture.directory { directory in
            let more = "mkdir hk conf; touch conf/gitconfig; ln -s p/conf ../out; ln -s p/hk ../hooks"
            try Fixture.shell("\(GuardFixture.setUp)\n\(more)", directory.string)
            let settings =
                isInclude
                ? [GitConfiguration.Entry.include(directory.pushing("out/gitconfig"))]
                : GitConfiguration.Entry.entries(listing: Array("core.hookspath\n\(directory)/hooks\0".utf8))
            let rules = RepositoryRules(
                protected: ProtectedPaths(home: "/nowhere"), home: directory, settings: settings)
            let workspace = directory.appending("p")
            let guarding = try GitGuard(try GuardFixture.trees(workspace), rules: rules)
            let path = isInclude ? "conf/gitconfig" : "hk"
            #expect(guarding.mounts.contains { $0.target == "/workspace/\(path)" && $0.readOnly })
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            try Fixture.shell("cd \"$1/p\"; echo > conf/gitconfig; echo > hk/pre-commit", directory.string)
            let report = ChangeReport(
                workspace, since: start, repositories: guarding.repositories, workTrees: guarding.workTrees,
                rules: rules)
            #expect(report.executed.first.contains { $0.hasPrefix(path) }, "\(report.executed.first)")
        }
    }
}
