// SPDX-License-Identifier: Apache-2.0

import Core
import Dispatch
import Engine
import Glibc
import Run
import Synchronization
import SystemPackage
import Testing

@Suite("Files of a container cannot control the launcher")
struct GuardAttackTests {
    private static let setUp = """
        mkdir "$1/outside"; echo secret > "$1/outside/file"
        \(GuardFixture.setUp)
        """

    private let rules = RepositoryRules(protected: ProtectedPaths(home: "/nowhere"))

    @Test(
        "A guarded path that is not a plain file or directory is refused, and can be repaired",
        arguments: [
            "ln -s ../../outside .git/hooks2; rm -r .git/hooks; mv .git/hooks2 .git/hooks",
            "mv .git/config .git/c; ln -s c .git/config", "ln -s /nonexistent .git/config.worktree",
            "mkfifo .git/commondir", "mkdir .git/config.worktree", "ln -s ../../outside .git/modules",
            "mkdir -p .git/modules/e; echo x > .git/modules/e/HEAD; ln -s ../../../../outside .git/modules/e/hooks",
            "mkdir -p .git/modules/e; echo x > .git/modules/e/HEAD; mkfifo .git/modules/e/config",
            "mkdir -p .git/modules/e; touch .git/modules/e/HEAD .git/modules/e/config.lock",
            "m=.git/modules/e; for i in $(seq 20); do m=$m/e; done; mkdir -p $m",
            "git init -q sub; rm sub/.git/config; ln -s x sub/.git/config",
            "echo ../evil > .git/commondir", "echo ../evil > .git/commondir; cp -r .git evil",
            "ln -s ../../outside .git/worktrees", "mkdir a; mv .git a/r; ln -s a/r .git",
        ])
    func guardedPlaces(script: String) throws {
        try Fixture.directory { directory in
            try Fixture.shell("\(Self.setUp)\n\(script)", directory.string)
            let trees = try GuardFixture.trees(directory.appending("p"))
            #expect(throws: RunError.self) { try GitGuard(trees, rules: rules) }
            let moved = try RepositoryRepair(trees, rules: rules).run()
            #expect(moved.count == 1 && moved.allSatisfy { $0.string.contains(".quarantined-") && Files.exists($0) })
            #expect(throws: Never.self) { try GitGuard(trees, rules: rules) }
            #expect(try Fixture.shell("cat \"$1/outside/file\"", directory.string) == "secret\n")
        }
    }

    @Test(
        "A repository outside is mounted only if it refers to this work tree",
        arguments: [
            ("gitdir: PLACE/outside", false), ("gitdir: PLACE/p/.git", false),
            ("gitdir: PLACE/p/.git/worktrees/t", false),
            ("gitdir: ../p/.git/worktrees/w", true), ("gitdir: PLACE/nowhere", false), ("gitdir: /etc", false),
        ])
    func outside(pointer: String, isMounted: Bool) throws {
        try Fixture.directory { directory in
            let more = "git worktree add -q ../t -b t; git worktree add -q ../w -b w"
            try Fixture.shell("\(Self.setUp)\n\(more)", directory.string)
            let text = pointer.replacing("PLACE", with: directory.string)
            try Files.write(Array("\(text)\n".utf8), to: directory.pushing("w/.git"))
            let guarding = try? GitGuard(try GuardFixture.trees(directory.appending("w")), rules: rules)
            #expect((guarding?.outside != nil) == isMounted)
            #expect(guarding?.outside?.isNew == (isMounted ? true : nil), "the caller is asked")
        }
    }

    @Test("A configuration with a lease does not count as empty")
    func lease() throws {
        try Fixture.directory { directory in
            try Fixture.shell(
                "\(Self.setUp)\nmkdir -p tools/hooks; git config core.hooksPath tools/hooks", directory.string)
            let file = open(directory.pushing("p/.git/config").string, O_RDWR)
            defer { close(file) }
            // F_SETLEASE, F_WRLCK (linux/fcntl.h).
            #expect(fcntl(file, 1024, 1) == 0)
            signal(SIGIO, SIG_IGN)
            let trees = try GuardFixture.trees(directory.appending("p"))
            #expect(throws: RunError.self) { try GitGuard(trees, rules: rules) }
        }
    }

    @Test("Cyclic submodules terminate, and repositories above the limit are reported")
    func repeated() throws {
        try Fixture.directory { directory in
            let more = """
                d=.; for i in 1 2 3 4 5 6; do mkdir -p $d/.git; for j in $(seq 60); do echo "path = s"; done > $d/.gitmodules; d=$d/s; done
                for i in $(seq 900); do mkdir -p n$i; cp -r .git n$i/.git; done
                """
            try Fixture.shell("\(Self.setUp)\n\(more)", directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            #expect(guarding.unguarded.contains { $0.contains("more nested repositories") })
        }
    }

    @Test("Overlapping directories, and the inside of a repository, are refused")
    func overlapping() throws {
        try Fixture.directory { directory in
            try Fixture.shell("\(Self.setUp)\nmkdir -p vendor/x", directory.string)
            let (project, protected) = (directory.appending("p"), ProtectedPaths(home: "/nowhere"))
            for other in [directory, project.pushing("vendor/x")] {
                #expect(throws: RunError.overlapping(other, project)) {
                    try WorkspaceDirectories(
                        AddedDirectory(path: project), samePath: false, adding: [AddedDirectory(path: other)],
                        protected: protected)
                }
            }
            #expect(throws: RunError.self) {
                try MountableDirectory(project.pushing(".git/hooks"), protected: protected)
            }
        }
    }

    @Test("git's own lock is waited for, and this program's is reused")
    func locks() throws {
        try Fixture.directory { directory in
            try Fixture.shell(Self.setUp, directory.string)
            let project = directory.appending("p")
            let first = try GitGuard(try GuardFixture.trees(project), rules: rules)
            try first.makePlaceholders()
            let answer = try Fixture.shell("cd \"$1\"; git config a.b c 2> /dev/null || echo locked", project.string)
            #expect(answer == "locked\n")
            let second = try GitGuard(try GuardFixture.trees(project), rules: rules)
            second.removePlaceholders()
            #expect(!Files.exists(project.pushing(".git/config.lock")))
            try Files.write([], to: project.pushing(".git/config.lock"))
            #expect(throws: RunError.repositoryLocked(project.pushing(".git/config.lock"))) {
                try GitGuard(try GuardFixture.trees(project), rules: rules)
            }
        }
    }

    @Test(
        "Lost guards are found at the end",
        arguments: [
            ("true", 0), ("rm .git/HEAD", 1), ("mv .git g; mkdir .git; cp -r g/. .git", 6),
            ("cp .git/config c; mv c .git/config", 1), ("echo '[a]' >> .git/config", 1), ("rm -r .git/refs", 1),
        ])
    func lost(script: String, findings: Int) throws {
        try Fixture.directory { directory in
            try Fixture.shell(Self.setUp, directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            try guarding.makePlaceholders()
            let record = GuardRecord(guarding)
            try Fixture.shell("cd \"$1/p\"; \(script)", directory.string)
            #expect(record.findings().count == findings, "\(record.findings())")
        }
    }

    @Test("A broken guard is reported once while the container runs")
    func watched() throws {
        try Fixture.directory { directory in
            try Fixture.shell(Self.setUp, directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            try guarding.makePlaceholders()
            let told = Mutex<[String]>([])
            let watch = GuardWatch(guarding, record: GuardRecord(guarding)) { line in
                told.withLock { $0.append(line) }
            } end: {
            }
            try Fixture.shell("cd \"$1/p/.git\"; touch index.lock; cp config c; mv c config", directory.string)
            for _ in 0..<100 where told.withLock(\.isEmpty) { usleep(50_000) }
            watch.stop()
            guarding.removePlaceholders()
            usleep(200_000)
            #expect(told.withLock { $0.count == 1 && $0[0].contains(".git/config'") }, "\(told.withLock(\.self))")
        }
    }

    @Test(
        "A replaced configuration is restored only if it executes more",
        arguments: [
            ("echo '[alias]\nx = !y' >> c; mv c config", true), ("echo '[user]\nname = y' >> c; mv c config", false),
            ("ln -s c d; mv d config", true), ("mv c config; echo '[core]\npager = x' >> config", true),
            ("echo '[core]\npager = x' >> config", false),
        ])
    func putBack(script: String, isBack: Bool) throws {
        try Fixture.directory { directory in
            try Fixture.shell(Self.setUp, directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            try guarding.makePlaceholders()
            let record = GuardRecord(guarding)
            try Fixture.shell("cd \"$1/p/.git\"; cp config c; cp config ../known; \(script)", directory.string)
            #expect(record.restore().count == (isBack ? 1 : 0))
            #expect(Files.exists(directory.pushing("p/.git/config.quarantined-1")) == isBack)
            guard isBack else { return }
            try Fixture.shell("cd \"$1/p\"; cmp known .git/config; test ! -L .git/config", directory.string)
        }
    }

    @Test(
        "A guarded file that is missing, or not a file, is restored once with the host's changes",
        arguments: [
            "rm -f .git/config", "mv .git/config x", "rm .git/config; mkfifo .git/config",
            "rm .git/config; mkdir .git/config",
            "rm .git/config; ln -s ../evil .git/config",
        ])
    func goneIsPutBack(script: String) throws {
        try Fixture.directory { directory in
            try Fixture.shell(Self.setUp, directory.string)
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            try guarding.makePlaceholders()
            let record = GuardRecord(guarding)
            for change in ["true", "echo '[user]\nname = y' >> .git/config", "sed -i s/bare/bare/ .git/config"] {
                try Fixture.shell("cd \"$1/p\"; \(change); cp .git/config ../known", directory.string)
                #expect(record.restore(includingGone: false).isEmpty)
                try Fixture.shell("cd \"$1/p\"; \(script)", directory.string)
                let told = record.restore()
                #expect(told.count == 1 && told[0].contains("the known one is restored"), "\(told)")
                #expect(record.restore().isEmpty && record.findings().isEmpty)
                try Fixture.shell("cd \"$1/p\"; cmp ../known .git/config; test ! -L .git/config", directory.string)
            }
        }
    }

    @Test("No link in a project is followed on the way to another link")
    func linkOfContainer() throws {
        try Fixture.directory { directory in
            try Fixture.shell(
                "cd \"$1\"; mkdir -p p/sub outside; ln -s ../outside p/link; ln -s p mine", directory.string)
            let protected = ProtectedPaths(home: "/nowhere", written: WrittenTrees([directory.appending("p")]))
            #expect(throws: RunError.linkOfContainer(directory.pushing("p/link"))) {
                try MountableDirectory(directory.pushing("mine/link"), protected: protected)
            }
            #expect(
                try MountableDirectory(directory.pushing("mine/sub"), protected: protected).path
                    == directory.pushing("p/sub"))
        }
    }

    @Test("The lock belongs to the project, whatever its path")
    func lockOfTheProject() throws {
        try Fixture.directory { directory in
            chmod(directory.string, 0o700)
            let identity = try #require(RealPath.identity(directory))
            var lock: ProjectLock? = try? ProjectLock(identity, places: [directory])
            guard geteuid() == 0 else { return #expect(lock == nil, "the directory is not root's") }
            let other = try ProjectLock(identity, places: [directory])
            #expect(lock?.isLast() == false)
            lock = nil
            #expect(other.isLast())
            let name = try #require(try Files.list(directory).first)
            #expect(try Files.status(of: directory.appending(name)).st_mode & 0o777 == 0o600)
            unlink(directory.appending(name).string)
            #expect(symlink("/etc/passwd", directory.appending(name).string) == 0)
            #expect(throws: RunError.foreignLock(directory.appending(name), owner: 0)) {
                try ProjectLock(identity, places: [directory])
            }
        }
    }

    @Test(
        "The last holder removes the lock file, and a process that has opened it gets a new one",
        .enabled(if: geteuid() == 0))
    func lockThatGoes() throws {
        try Fixture.directory { directory in
            chmod(directory.string, 0o700)
            let identity = try #require(RealPath.identity(directory))
            let join = { try ProjectLock(identity, owner: 4321, places: [directory]) }
            let (first, second) = (try join(), try join())
            let name = try #require(try Files.list(directory).first)
            #expect(
                try Files.status(of: directory.appending(name)).st_uid == 4321, "the owner of the project can use it")
            first.remove()
            #expect(try Files.list(directory) == [name], "another one holds it")
            second.remove()
            #expect(try Files.list(directory).isEmpty)
            // Both notice that the name is gone, and then hold the same lock.
            try first.share()
            try second.share()
            #expect(try Files.list(directory) == [name])
            for lock in [first, second] {
                #expect(!lock.isLast())
                try lock.share()
            }
            let third = try join()
            #expect(!third.isLast())
        }
    }

    @Test("Two processes never both hold the lock exclusively", .enabled(if: geteuid() == 0))
    func lockHeldAlone() throws {
        try Fixture.directory { directory in
            chmod(directory.string, 0o700)
            let identity = try #require(RealPath.identity(directory))
            let alone = Atomic(0)
            let most = Atomic(0)
            DispatchQueue.concurrentPerform(iterations: 200) { _ in
                guard let lock = try? ProjectLock(identity, places: [directory]), lock.isLast() else { return }
                let count = alone.add(1, ordering: .sequentiallyConsistent).newValue
                if count > 1 { most.store(count, ordering: .sequentiallyConsistent) }
                usleep(100)
                alone.subtract(1, ordering: .sequentiallyConsistent)
                lock.remove()
            }
            #expect(most.load(ordering: .sequentiallyConsistent) == 0)
            #expect(try Files.list(directory).isEmpty)
        }
    }
}
