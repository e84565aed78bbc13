// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

@Suite("A container cannot lock its user out")
struct LockOutTests {
    /// The owner of the user's files: only root can give files away.
    private static let user: uid_t = geteuid() == 0 ? 4321 : geteuid()

    private func project(_ directory: FilePath) throws -> WorkspaceDirectories {
        try Files.makeDirectories(directory.appending("p"))
        chown(directory.appending("p").string, Self.user, Self.user)
        return try WorkspaceDirectories(
            AddedDirectory(path: directory.appending("p")), samePath: false, protected: ProtectedPaths(home: "/no"))
    }

    @Test(
        "A workspace without permissions for its owner is refused",
        arguments: [(0o000, false), (0o600, false), (0o500, false), (0o700, true), (0o755, true)] as [(mode_t, Bool)])
    func closed(mode: mode_t, isOpen: Bool) throws {
        try Fixture.directory { directory in
            _ = try project(directory)
            chmod(directory.appending("p").string, mode)
            defer { chmod(directory.appending("p").string, 0o700) }
            let directories = try project(directory)
            let path = directories.project.directory.path
            let refusal = RunError.closedDirectory(path, owner: Self.user, user: Self.user)
            if isOpen {
                #expect(throws: Never.self) { try directories.checkAccess(caller: Self.user) }
            } else {
                #expect(throws: refusal) { try directories.checkAccess(caller: Self.user) }
            }
        }
    }

    @Test(
        "A workspace that the user cannot write to is read-only, with the reason",
        arguments: [(0o500, user, "chmod u+w"), (0o555, user, "chmod u+w"), (0o700, user, nil), (0o755, user, nil)]
            as [(mode_t, uid_t, String?)])
    func unwritable(mode: mode_t, caller: uid_t, reason: String?) throws {
        try Fixture.directory { directory in
            _ = try project(directory)
            let path = directory.appending("p")
            chmod(path.string, mode)
            defer { chmod(path.string, 0o700) }
            var directories = try project(directory)
            directories.closeUnwritable(caller: caller)
            #expect(throws: Never.self) { try directories.checkAccess(caller: caller) }
            #expect(directories.isReadOnly == (reason != nil) && directories.mounts[0].readOnly == (reason != nil))
            #expect(directories.remarks.count == (reason == nil ? 0 : 1))
            if let reason { #expect(directories.remarks[0].contains(reason), "\(directories.remarks)") }
        }
    }

    @Test("An added directory becomes read-only on its own")
    func unwritableAddition() throws {
        try Fixture.directory { directory in
            _ = try project(directory)
            try Fixture.shell("mkdir \"$1\"; chmod 555 \"$1\"", directory.appending("b").string)
            chown(directory.appending("b").string, Self.user, Self.user)
            var directories = try WorkspaceDirectories(
                AddedDirectory(path: directory.appending("p")), samePath: false,
                adding: [AddedDirectory(path: directory.appending("b"))], protected: ProtectedPaths(home: "/no"))
            directories.closeUnwritable(caller: Self.user)
            #expect(!directories.isReadOnly && directories.mounts.map(\.readOnly) == [false, true])
            directories.close(0, because: "x")
            #expect(directories.isReadOnly && directories.remarks.count == 2)
        }
    }

    @Test("Unusable directories of the persistent home are opened, or moved aside")
    func home() throws {
        try Fixture.directory { directory in
            let directories = try project(directory)
            let state = StateDirectory(directories.project, root: directory.appending("state"))
            let prepare = { try state.prepare(for: directories.project, userID: Self.user, groupID: Self.user) }
            #expect(try prepare().isEmpty)
            chmod(state.home.appending(".cache").string, 0)
            try Fixture.shell("cd \"$1\"; rmdir .npm go; touch .npm; ln -s / go", state.home.string)
            // Another container of the project may use it: it stays, and root restores its owner.
            let local = state.home.appending(".local")
            try Files.write([1], to: local.appending("kept"))
            if geteuid() == 0 { chown(local.string, 0, 0) }
            let remarks = try prepare()
            for (remark, name) in zip(remarks, [".npm.quarantined-1' is", "go.quarantined-1' is", ".cache'"]) {
                #expect(remark.contains(name), "\(remarks)")
            }
            #expect(remarks.count == 3)
            #expect(try prepare().isEmpty && Files.exists(local.appending("kept")))
            for name in StateDirectory.names {
                let status = try Files.status(of: state.home.appending(name))
                #expect(status.st_mode & S_IFMT == S_IFDIR && status.st_uid == Self.user, "\(name)")
                #expect(status.st_mode & S_IRWXU == S_IRWXU, "\(name)")
            }
        }
    }

    @Test(
        "Subdirectories that the agent needs are restored as well, with their contents",
        arguments: [
            ("chmod 000 .local/share", ".local/share"), ("chmod 000 .cache/opencode", ".cache/opencode"),
            ("chown 0:0 .local/share .local/state", ".local/share"),
            ("chown -R 0:0 .local", ".local/share/opencode/db"),
            ("rm -r .local/share; : > .local/share", ".local/share"),
        ])
    func needed(script: String, place: String) throws {
        guard geteuid() == 0 || !script.hasPrefix("chown") else { return }
        try Fixture.directory { directory in
            let directories = try project(directory)
            let state = StateDirectory(directories.project, root: directory.appending("state"))
            let prepare = { try state.prepare(for: directories.project, userID: Self.user, groupID: Self.user) }
            #expect(try prepare().isEmpty)
            let setUp = """
                cd "$1"; mkdir -p .local/share/opencode .local/state .cache/opencode; : > .local/share/opencode/db
                chown -R \(Self.user):\(Self.user) .; : > other; ln other .local/share/second; \(script)
                """
            try Fixture.shell(setUp, state.home.string)
            #expect(try prepare().count == 1)
            let status = try Files.status(of: state.home.pushing(FilePath(place)))
            #expect(status.st_uid == Self.user && status.st_mode & S_IRUSR != 0)
            #expect(try Files.status(of: state.home.appending("other")).st_uid == geteuid(), "it has another name")
            #expect(try prepare().isEmpty)
        }
    }

    @Test(
        "A repository that its user cannot access is reported and opened, also when the caller is root",
        .enabled(if: geteuid() == 0),
        arguments: [
            ("chmod 000 .git", ".git", "chmod u+rwx"), ("chmod 000 .git/HEAD", ".git/HEAD", "chmod u+rw"),
            ("chmod 000 .git/objects", ".git/objects", "chmod u+rwx"),
            ("chmod 000 .git/objects/pack", ".git/objects/pack", "chmod u+rwx"),
            ("chmod 000 .git/logs", ".git/logs", "chmod u+rwx"),
            (
                "git -c safe.directory=* pack-refs --all; chown --reference=.git .git/packed-refs; chmod 000 .git/packed-refs",
                ".git/packed-refs", "chmod u+rw"
            ),
            ("chmod 000 sub/.git", "sub/.git", "chmod u+rwx"),
            ("chown 0:0 .git; chmod 700 .git", ".git", "sudo chown"),
            ("chown 0:0 .git/HEAD; chmod 600 .git/HEAD", ".git/HEAD", "sudo chown"),
            ("chown -R 0:0 .git", ".git", "sudo chown"), ("chmod 500 .git/refs", ".git/refs", "chmod u+rwx"),
            ("chown 0:0 .git/objects", ".git/objects", "sudo chown"),
            ("chown -R 0:0 .git/objects; chmod -R go= .git/objects", ".git/objects", "sudo chown"),
            ("chown -R 0:0 .git/refs/heads; chmod 700 .git/refs/heads", ".git/refs/heads", "sudo chown"),
            ("chown -R 0:0 .git/worktrees/wt", ".git/worktrees/wt", "sudo chown"),
        ])
    func closedRepository(script: String, place: String, command: String) throws {
        try Fixture.directory { directory in
            let setUp = "git init -q sub; git worktree add -q wt; chown -R \(Self.user):\(Self.user) ."
            try Fixture.shell("\(GuardFixture.setUp)\n\(setUp)", directory.string)
            let trees = try GuardFixture.trees(directory.appending("p"))
            let rules = RepositoryRules(protected: ProtectedPaths(home: "/no"))
            let guarding = try GitGuard(trees, rules: rules)
            #expect(guarding.remarks.isEmpty)
            let record = GuardRecord(guarding)
            try Fixture.shell("cd \"$1/p\"; \(script)", directory.string)
            let path = directory.pushing("p").pushing(FilePath(place))
            let found = record.findings().filter { $0.hasPrefix("'\(path)'") && $0.contains("\(command)") }
            #expect(found.count == 1, "\(record.findings())")
            #expect(try GitGuard(trees, rules: rules).remarks.contains { $0.hasPrefix("'\(path)'") })
            #expect(try RepositoryRepair(trees, rules: rules).run() == [path])
            let status = "setpriv --reuid \(Self.user) --regid \(Self.user) --clear-groups git -C \"$1/p/$2\" fsck"
            chmod(directory.string, 0o755)
            let inner = ["sub", "wt"].first { place.hasPrefix($0) || place.hasSuffix($0) }
            try Fixture.shell(status, directory.string, inner ?? ".")
        }
    }

    @Test(
        "A repair gives files to the owner of the first start, not to whom a container chose",
        .enabled(if: geteuid() == 0))
    func chosenOwner() throws {
        try Fixture.directory { directory in
            try Fixture.shell("\(GuardFixture.setUp)\nchown -R \(Self.user):\(Self.user) .", directory.string)
            let path = directory.appending("p")
            let open = { Project(try MountableDirectory(path, protected: ProtectedPaths(home: "/no"))) }
            let state = StateDirectory(try open(), root: directory.appending("state"))
            for project in [try open(), try open()] {
                try state.prepare(for: project, userID: Self.user, groupID: Self.user)
                try Fixture.shell("chown -R 4999:4999 \"$1/p\"; chmod 700 \"$1/p/.git\"", directory.string)
            }
            let rules = RepositoryRules(protected: ProtectedPaths(home: "/no"), state: state)
            let trees = try GuardFixture.trees(path)
            let sentence = "'\(path)' belongs to UID 4999, and at its first start it belonged to UID \(Self.user);"
            #expect(try GitGuard(trees, rules: rules).remarks.contains { $0.hasPrefix(sentence) })
            #expect(try RepositoryRepair(trees, rules: rules).run() == [path.appending(".git")])
            #expect(try Files.status(of: path.pushing(".git/HEAD")).st_uid == Self.user)
        }
    }

    @Test(
        "A FIFO in the place of a file that git reads is moved aside",
        arguments: [".git/index", ".git/packed-refs", ".git/HEAD", ".git/worktrees/wt/index"])
    func fifo(place: String) throws {
        try Fixture.directory { directory in
            let script = "git worktree add -q ../wt; rm -f \"$2\"; mkfifo \"$2\""
            try Fixture.shell("\(GuardFixture.setUp)\n\(script)", directory.string, place)
            let trees = try GuardFixture.trees(directory.appending("p"))
            let rules = RepositoryRules(protected: ProtectedPaths(home: "/no"))
            let path = directory.appending("p").pushing(FilePath(place))
            #expect(try GitGuard(trees, rules: rules).remarks.contains { $0.hasPrefix("'\(path)': it is ") })
            #expect(try RepositoryRepair(trees, rules: rules).run() == [FilePath("\(path).quarantined-1")])
        }
    }

    @Test("The work tree of a submodule is moved aside with its repository, and git fetches it again")
    func modules() throws {
        try Fixture.directory { directory in
            let more = """
                cd ..; git init -q lib; touch lib/f; git -C lib add .; git -C lib commit -q -m x; cd p
                git -c protocol.file.allow=always submodule --quiet add ../lib lib; git commit -q -m y; echo own > lib/mine
                for i in $(seq 1400); do mkdir -p .git/modules/m$i; echo x > .git/modules/m$i/HEAD; done
                """
            try Fixture.shell("\(GuardFixture.setUp)\n\(more)", directory.string)
            let trees = try GuardFixture.trees(directory.appending("p"))
            let rules = RepositoryRules(protected: ProtectedPaths(home: "/no"))
            let moved = try RepositoryRepair(trees, rules: rules).run().map { $0.lastComponent?.string }
            #expect(moved == ["modules.quarantined-1", "lib.quarantined-1"])
            let after = """
                cd "$1/p"; git status > /dev/null; cat lib.quarantined-1/mine
                git -c protocol.file.allow=always submodule --quiet update --init; git -C lib log --format=%s
                """
            #expect(try Fixture.shell(after, directory.string) == "own\nx\n")
        }
    }

    @Test("A file is moved aside even when names are used up or too long")
    func usedUp() throws {
        try Fixture.directory { directory in
            let long = String(repeating: "e\u{301}", count: 80)
            try Fixture.shell(
                "cd \"$1\"; mkfifo config; touch \"$2\"; for i in $(seq 1000); do : > config.quarantined-$i; done",
                directory.string, long)
            let tree = try ContainerTree(directory)
            for name in ["config", FilePath(long)] as [FilePath] {
                let place = try tree.moveAside(name)
                #expect(Files.exists(place) && !Files.exists(directory.pushing(name)))
            }
        }
    }
}
