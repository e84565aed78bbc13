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
            #expect(try prepare().map { $0.lastComponent?.string } == [".npm.quarantined-1", "go.quarantined-1"])
            #expect(try prepare().isEmpty && Files.exists(local.appending("kept")))
            for name in StateDirectory.names {
                let status = try Files.status(of: state.home.appending(name))
                #expect(status.st_mode & S_IFMT == S_IFDIR && status.st_uid == Self.user, "\(name)")
                #expect(status.st_mode & S_IRWXU == S_IRWXU, "\(name)")
            }
        }
    }

    @Test("Occupied and overlong names do not prevent moving aside")
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
