// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

@Suite("A container cannot block a start by creating too many files")
struct GuardLimitsTests {
    private func trees(_ directory: FilePath) throws -> [GuardedTree] {
        try GuardFixture.trees(directory.appending("p"))
    }

    private func rules(byPath: Bool) -> RepositoryRules {
        RepositoryRules(protected: ProtectedPaths(home: "/nowhere"), mountsByPath: byPath)
    }

    @Test(
        "Repositories above the limits are left with a warning, and the project's own is guarded",
        arguments: [
            "for i in $(seq 700); do mkdir -p m$i; cp -r .git m$i/.git; echo \"path = m$i\" >> .gitmodules; done",
            "for i in $(seq 700); do mkdir -p m$i; cp -r .git m$i/.git; done",
            // Sixteen names of 254 bytes exceed the maximum path length, so one half is moved into the other.
            """
            n=$(printf %0254d 0); d=$n; for i in $(seq 7); do d=$d/$n; done; mkdir -p c/$d $d
            cp -r .git c/$d; mv c/$n $d/$n
            """,
            "for i in $(seq 1500); do mkdir a; cd -P a; done; git init -q .",
            "for i in $(seq 900); do mkdir a; cd -P a; done; git init -q .",
        ])
    func tooMuch(script: String) throws {
        try Fixture.directory { directory in
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let guarding = try GitGuard(try trees(directory), rules: rules(byPath: true))
            #expect(!guarding.unguarded.isEmpty)
            #expect(guarding.mounts.contains { $0.target == "/workspace/.git/config" && $0.readOnly })
            #expect(guarding.mounts.count <= 4096)
            let bytes = guarding.mounts.reduce(0) { $0 + $1.source.length + $1.target.utf8.count }
            #expect(bytes < 1 << 20, "what execve(2) takes")
            #expect(guarding.mounts.allSatisfy { $0.source.length < 4096 })
        }
    }

    @Test("A name that no engine can represent is guarded only from a handle", arguments: [true, false])
    func oddName(byPath: Bool) throws {
        try Fixture.directory { directory in
            let script = "for n in 'a\\377' 'a\\nb'; do d=\"$(printf \"$n\")\"; git init -q \"$d\"; done"
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let guarding = try GitGuard(try trees(directory), rules: rules(byPath: byPath))
            #expect(guarding.unguarded.count == (byPath ? 2 : 0), "\(guarding.unguarded)")
            #expect(guarding.repositories.count == (byPath ? 1 : 3))
        }
    }

    @Test(
        "Modules that cannot be mounted are refused, and moved aside by a repair",
        arguments: [
            ("d=\"$(printf '.git/modules/a\\nb')\"; mkdir -p \"$d\"; echo x > \"$d/HEAD\"", 1),
            ("d=\"$(printf '.git/modules/\\377')\"; mkdir -p \"$d\"; echo x > \"$d/HEAD\"", 1),
            ("for i in $(seq 900); do mkdir -p .git/modules/m$i; echo x > .git/modules/m$i/HEAD; done", 1),
            ("for i in $(seq 5000); do mkdir -p .git/modules/m$i; done", 1),
        ])
    func modules(script: String, count: Int) throws {
        try Fixture.directory { directory in
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let (trees, rules) = (try trees(directory), rules(byPath: true))
            #expect(throws: RunError.self) { try GitGuard(trees, rules: rules) }
            #expect(try RepositoryRepair(trees, rules: rules).run().count == count)
            #expect(throws: Never.self) { try GitGuard(trees, rules: rules) }
        }
    }

    @Test("A thousand bad modules are moved aside in a few passes, and nothing else is")
    func manyModules() throws {
        try Fixture.directory { directory in
            let script = """
                mkdir -p .git/modules/good; echo x > .git/modules/good/HEAD
                for i in $(seq 1000); do mkdir -p .git/modules/m$i/hooks; echo x > .git/modules/m$i/HEAD; done
                for i in $(seq 1000); do rmdir .git/modules/m$i/hooks; ln -s /x .git/modules/m$i/hooks; done
                git init -q sub; rm sub/.git/config; ln -s x sub/.git/config
                """
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string)
            let (trees, rules) = (try trees(directory), rules(byPath: false))
            let start = ContinuousClock.now
            let moved = try RepositoryRepair(trees, rules: rules).run()
            #expect(ContinuousClock.now - start < .seconds(30), "a look for each takes minutes")
            #expect(moved.contains { $0.lastComponent == "hooks.quarantined-1" })
            #expect(moved.contains { $0.lastComponent == "config.quarantined-1" })
            #expect(throws: Never.self) { try GitGuard(trees, rules: rules) }
        }
    }
}

@Suite("Guarded files with hard links")
struct GuardLinksTests {
    private static let setUp = """
        cd "$1"; git init -q .; mkdir -p tools/hooks; echo x > .git/hooks/pre-push; chmod 751 .git/hooks/pre-push
        echo y > tools/hooks/pre-commit; git config core.hooksPath tools/hooks
        ln .git/config one; ln .git/hooks/pre-push two; ln tools/hooks/pre-commit three
        """

    private func guarding(_ directory: FilePath) throws -> GitGuard {
        try GitGuard(
            [GuardedTree(try ContainerTree(directory), target: "/w")],
            rules: RepositoryRules(protected: ProtectedPaths(home: "/no")))
    }

    @Test("They are replaced by copies before a start, with their contents and modes")
    func separate() throws {
        try Fixture.directory { directory in
            try Fixture.shell(Self.setUp, directory.string)
            let guarding = try guarding(directory)
            var locks: [FileIdentity: ProjectLock] = [:]
            for identity in guarding.identities { locks[identity] = try ProjectLock(identity) }
            #expect(
                guarding.separateLinks(holding: locks) { _ in false }.kept.count == 3, "a killed launcher's container")
            #expect(guarding.separateLinks(holding: locks) { _ in true } == ([], 3))
            let report = ChangeReport(
                directory, since: Moment(before: Fixture.moment()), repositories: guarding.repositories,
                workTrees: guarding.workTrees, rules: guarding.rules, directories: guarding.directories[0] ?? [:])
            #expect(report.isEmpty, "the run did not change them: \(report)")
            let during = """
                cd "$1"; for name in one two three; do echo evil >> $name; done
                ! grep -r evil .git tools; stat -c %a .git/hooks/pre-push; git config core.hooksPath
                """
            #expect(try Fixture.shell(during, directory.string) == "751\ntools/hooks\n")
            #expect(locks.values.allSatisfy { $0.isLast() }, "others could join meanwhile")
        }
    }

    @Test("While another container uses the repository, they are reported and kept")
    func held() throws {
        try Fixture.directory { directory in
            try Fixture.shell(Self.setUp, directory.string)
            let guarding = try guarding(directory)
            let identity = try #require(guarding.identities.first)
            let (own, other) = (try ProjectLock(identity), try ProjectLock(identity))
            let left = guarding.separateLinks(holding: [identity: own]) { _ in true }.kept
            #expect(Set(left.map { $0.lastComponent?.string }) == ["config", "pre-push", "pre-commit"])
            #expect(!other.isLast(), "it is held on")
        }
    }
}
