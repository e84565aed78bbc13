// SPDX-License-Identifier: Apache-2.0

import Core
import Dispatch
import Engine
import Glibc
import Run
import Synchronization
import SystemPackage
import Testing

@Suite("What a container leaves cannot steer the launcher")
struct GuardAttackTests {
    private static let setUp = """
        mkdir "$1/outside"; echo secret > "$1/outside/file"
        \(GuardTrial.setUp)
        """

    private let rules = RepositoryRules(protected: ProtectedPaths(home: "/nowhere"))

    @Test(
        "A guarded place that is no plain file or directory is refused, and repaired",
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
        try Trial.folder { folder in
            try Trial.shell("\(Self.setUp)\n\(script)", folder.string)
            let trees = try GuardTrial.trees(folder.appending("p"))
            #expect(throws: RunError.self) { try GitGuard(trees, rules: rules) }
            let moved = try RepositoryRepair(trees, rules: rules).run()
            #expect(moved.count == 1 && moved.allSatisfy { $0.string.contains(".quarantined-") && Files.exists($0) })
            #expect(throws: Never.self) { try GitGuard(trees, rules: rules) }
            #expect(try Trial.shell("cat \"$1/outside/file\"", folder.string) == "secret\n")
        }
    }

    @Test(
        "A repository outside is one that knows this work tree, or is not mounted",
        arguments: [
            ("gitdir: PLACE/outside", false), ("gitdir: PLACE/p/.git", false),
            ("gitdir: PLACE/p/.git/worktrees/t", false),
            ("gitdir: ../p/.git/worktrees/w", true), ("gitdir: PLACE/nowhere", false), ("gitdir: /etc", false),
        ])
    func outside(pointer: String, isMounted: Bool) throws {
        try Trial.folder { folder in
            let more = "git worktree add -q ../t -b t; git worktree add -q ../w -b w"
            try Trial.shell("\(Self.setUp)\n\(more)", folder.string)
            let text = pointer.replacing("PLACE", with: folder.string)
            try Files.write(Array("\(text)\n".utf8), to: folder.pushing("w/.git"))
            let guarding = try? GitGuard(try GuardTrial.trees(folder.appending("w")), rules: rules)
            #expect((guarding?.outside != nil) == isMounted)
            #expect(guarding?.outside?.isNew == (isMounted ? true : nil), "the caller is asked")
        }
    }

    @Test("A configuration on which somebody holds a lease is not taken for an empty one")
    func lease() throws {
        try Trial.folder { folder in
            try Trial.shell("\(Self.setUp)\nmkdir -p tools/hooks; git config core.hooksPath tools/hooks", folder.string)
            let file = open(folder.pushing("p/.git/config").string, O_RDWR)
            defer { close(file) }
            // F_SETLEASE, F_WRLCK (linux/fcntl.h).
            #expect(fcntl(file, 1024, 1) == 0)
            signal(SIGIO, SIG_IGN)
            let trees = try GuardTrial.trees(folder.appending("p"))
            #expect(throws: RunError.self) { try GitGuard(trees, rules: rules) }
        }
    }

    @Test("Submodules that name each other end, and what is too much is said")
    func repeated() throws {
        try Trial.folder { folder in
            let more = """
                d=.; for i in 1 2 3 4 5 6; do mkdir -p $d/.git; for j in $(seq 60); do echo "path = s"; done > $d/.gitmodules; d=$d/s; done
                for i in $(seq 900); do mkdir -p n$i; cp -r .git n$i/.git; done
                """
            try Trial.shell("\(Self.setUp)\n\(more)", folder.string)
            let guarding = try GitGuard(try GuardTrial.trees(folder.appending("p")), rules: rules)
            #expect(guarding.unguarded.contains { $0.contains("more nested repositories") })
        }
    }

    @Test("Directories that lie in one another, and the inside of a repository, are refused")
    func overlapping() throws {
        try Trial.folder { folder in
            try Trial.shell("\(Self.setUp)\nmkdir -p vendor/x", folder.string)
            let (project, protected) = (folder.appending("p"), ProtectedPaths(home: "/nowhere"))
            for other in [folder, project.pushing("vendor/x")] {
                #expect(throws: RunError.overlapping(other, project)) {
                    try WorkspaceFolders(
                        AddedFolder(path: project), samePath: false, adding: [AddedFolder(path: other)],
                        protected: protected)
                }
            }
            #expect(throws: RunError.self) { try MountableFolder(project.pushing(".git/hooks"), protected: protected) }
        }
    }

    @Test("git's own lock is waited for, and ours is taken over")
    func locks() throws {
        try Trial.folder { folder in
            try Trial.shell(Self.setUp, folder.string)
            let project = folder.appending("p")
            let first = try GitGuard(try GuardTrial.trees(project), rules: rules)
            try first.makePlaceholders()
            let answer = try Trial.shell("cd \"$1\"; git config a.b c 2> /dev/null || echo locked", project.string)
            #expect(answer == "locked\n")
            let second = try GitGuard(try GuardTrial.trees(project), rules: rules)
            second.removePlaceholders()
            #expect(!Files.exists(project.pushing(".git/config.lock")))
            try Files.write([], to: project.pushing(".git/config.lock"))
            #expect(throws: RunError.repositoryLocked(project.pushing(".git/config.lock"))) {
                try GitGuard(try GuardTrial.trees(project), rules: rules)
            }
        }
    }

    @Test(
        "What became of the guard is found at the end",
        arguments: [
            ("true", 0), ("rm .git/HEAD", 1), ("mv .git g; mkdir .git; cp -r g/. .git", 6),
            ("cp .git/config c; mv c .git/config", 1), ("echo '[a]' >> .git/config", 1), ("rm -r .git/refs", 1),
        ])
    func lost(script: String, findings: Int) throws {
        try Trial.folder { folder in
            try Trial.shell(Self.setUp, folder.string)
            let guarding = try GitGuard(try GuardTrial.trees(folder.appending("p")), rules: rules)
            try guarding.makePlaceholders()
            let witness = GuardWitness(guarding)
            try Trial.shell("cd \"$1/p\"; \(script)", folder.string)
            #expect(witness.findings().count == findings, "\(witness.findings())")
        }
    }

    @Test("What breaks the guard is told while the container runs, and once")
    func watched() throws {
        try Trial.folder { folder in
            try Trial.shell(Self.setUp, folder.string)
            let guarding = try GitGuard(try GuardTrial.trees(folder.appending("p")), rules: rules)
            try guarding.makePlaceholders()
            let told = Mutex<[String]>([])
            let watch = try #require(
                GuardWatch(guarding, witness: GuardWitness(guarding)) { line in
                    told.withLock { $0.append(line) }
                } end: {
                })
            try Trial.shell("cd \"$1/p/.git\"; touch index.lock; cp config c; mv c config", folder.string)
            for _ in 0..<100 where told.withLock(\.isEmpty) { usleep(50_000) }
            watch.stop()
            guarding.removePlaceholders()
            usleep(200_000)
            #expect(told.withLock { $0.count == 1 && $0[0].contains(".git/config'") }, "\(told.withLock(\.self))")
        }
    }

    @Test(
        "A configuration that was replaced is put back when it executes more, and only then",
        arguments: [
            ("echo '[alias]\nx = !y' >> c; mv c config", true), ("echo '[user]\nname = y' >> c; mv c config", false),
            ("ln -s c d; mv d config", true), ("mv c config; echo '[core]\npager = x' >> config", true),
            ("echo '[core]\npager = x' >> config", false),
        ])
    func putBack(script: String, isBack: Bool) throws {
        try Trial.folder { folder in
            try Trial.shell(Self.setUp, folder.string)
            let guarding = try GitGuard(try GuardTrial.trees(folder.appending("p")), rules: rules)
            try guarding.makePlaceholders()
            let witness = GuardWitness(guarding)
            try Trial.shell("cd \"$1/p/.git\"; cp config c; cp config ../known; \(script)", folder.string)
            #expect(witness.restore().count == (isBack ? 1 : 0))
            #expect(Files.exists(folder.pushing("p/.git/config.quarantined-1")) == isBack)
            guard isBack else { return }
            try Trial.shell("cd \"$1/p\"; cmp known .git/config; test ! -L .git/config", folder.string)
        }
    }

    @Test("No link in a project is followed on the way to another one")
    func linkOfContainer() throws {
        try Trial.folder { folder in
            try Trial.shell("cd \"$1\"; mkdir -p p/sub outside; ln -s ../outside p/link; ln -s p mine", folder.string)
            var protected = ProtectedPaths(home: "/nowhere")
            protected.written = [folder.appending("p")]
            #expect(throws: RunError.linkOfContainer(folder.pushing("p/link"))) {
                try MountableFolder(folder.pushing("mine/link"), protected: protected)
            }
            #expect(
                try MountableFolder(folder.pushing("mine/sub"), protected: protected).path == folder.pushing("p/sub"))
        }
    }

    @Test("The lock is the project's, whatever has its name")
    func lockOfTheProject() throws {
        try Trial.folder { folder in
            chmod(folder.string, 0o700)
            let identity = try #require(RealPath.identity(folder))
            var lock: ProjectLock? = try? ProjectLock(identity, places: [folder])
            guard geteuid() == 0 else { return #expect(lock == nil, "the directory is not root's") }
            let other = try ProjectLock(identity, places: [folder])
            #expect(lock?.isLast() == false)
            lock = nil
            #expect(other.isLast())
            let name = try #require(try Files.list(folder).first)
            #expect(try Files.status(of: folder.appending(name)).st_mode & 0o777 == 0o600)
            unlink(folder.appending(name).string)
            #expect(symlink("/etc/passwd", folder.appending(name).string) == 0)
            #expect(throws: RunError.foreignLock(folder.appending(name), owner: 0)) {
                try ProjectLock(identity, places: [folder])
            }
        }
    }

    @Test(
        "The last one removes the lock's file, and who has opened it meanwhile gets another one",
        .enabled(if: geteuid() == 0))
    func lockThatGoes() throws {
        try Trial.folder { folder in
            chmod(folder.string, 0o700)
            let identity = try #require(RealPath.identity(folder))
            let join = { try ProjectLock(identity, owner: 4321, places: [folder]) }
            let (first, second) = (try join(), try join())
            let name = try #require(try Files.list(folder).first)
            #expect(try Files.status(of: folder.appending(name)).st_uid == 4321, "the owner of the project can use it")
            first.remove()
            #expect(try Files.list(folder) == [name], "another one holds it")
            second.remove()
            #expect(try Files.list(folder).isEmpty)
            // Both find that the name is gone, and hold one lock again.
            try first.share()
            try second.share()
            #expect(try Files.list(folder) == [name])
            for lock in [first, second] {
                #expect(!lock.isLast())
                try lock.share()
            }
            let third = try join()
            #expect(!third.isLast())
        }
    }

    @Test("Whoever goes at the same moment, two never both hold the lock alone", .enabled(if: geteuid() == 0))
    func lockHeldAlone() throws {
        try Trial.folder { folder in
            chmod(folder.string, 0o700)
            let identity = try #require(RealPath.identity(folder))
            let alone = Atomic(0)
            let most = Atomic(0)
            DispatchQueue.concurrentPerform(iterations: 200) { _ in
                guard let lock = try? ProjectLock(identity, places: [folder]), lock.isLast() else { return }
                let count = alone.add(1, ordering: .sequentiallyConsistent).newValue
                if count > 1 { most.store(count, ordering: .sequentiallyConsistent) }
                usleep(100)
                alone.subtract(1, ordering: .sequentiallyConsistent)
                lock.remove()
            }
            #expect(most.load(ordering: .sequentiallyConsistent) == 0)
            #expect(try Files.list(folder).isEmpty)
        }
    }
}
