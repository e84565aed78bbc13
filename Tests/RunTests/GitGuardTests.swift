// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Run
import SystemPackage
import Testing

@Suite("The guard of a repository")
struct GitGuardTests {
    private static let setUp = """
        export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b HOME="$1"
        git config --global protocol.file.allow always; git config --global init.defaultBranch main
        cd "$1"; git init -q lib; git -C lib commit -q --allow-empty -m x
        git init -q main; cd main; git commit -q --allow-empty -m x
        git submodule --quiet add "$1/lib" third/party/lib; git commit -q -m sub
        git worktree add -q "$1/tree" -b other
        """

    private func withRepository(_ body: (FilePath, ProtectedPaths) throws -> Void) throws {
        try Fixture.directory { directory in
            try Fixture.shell(Self.setUp, directory.string)
            try body(directory, ProtectedPaths(home: "/nowhere"))
        }
    }

    private func list(_ guarding: GitGuard) -> [String] {
        guarding.mounts.map { "\($0.target) \($0.readOnly ? "ro" : "rw")" }
    }

    private func guarding(_ workspace: FilePath, _ protected: ProtectedPaths) throws -> GitGuard {
        try GitGuard(
            [GuardedTree(try ContainerTree(workspace), target: "/workspace")],
            rules: RepositoryRules(protected: protected))
    }

    @Test("A repository with a submodule and a worktree")
    func main() throws {
        try withRepository { directory, protected in
            let guarding = try self.guarding(directory.appending("main"), protected)
            #expect(
                list(guarding) == [
                    "/workspace rw", "/workspace/.git rw", "/workspace/third rw", "/workspace/.git/commondir ro",
                    "/workspace/.git/config ro", "/workspace/.git/config.lock ro", "/workspace/.git/hooks ro",
                    "/workspace/.git/modules rw", "/workspace/.git/worktrees ro", "/workspace/third/party rw",
                    "/workspace/.git/modules/third rw", "/workspace/third/party/lib rw",
                    "/workspace/.git/modules/third/party rw", "/workspace/third/party/lib/.git ro",
                    "/workspace/.git/modules/third/party/lib rw",
                    "/workspace/.git/modules/third/party/lib/commondir ro",
                    "/workspace/.git/modules/third/party/lib/config ro",
                    "/workspace/.git/modules/third/party/lib/config.lock ro",
                    "/workspace/.git/modules/third/party/lib/hooks ro",
                ])
            for mount in guarding.mounts {
                let inside = FilePath(mount.target).string.dropFirst("/workspace".count)
                #expect(mount.source.string == "\(directory)/main\(inside)")
            }
        }
    }

    @Test("A repository works with placeholders, which are removed again")
    func placeholders() throws {
        try withRepository { directory, protected in
            let main = directory.appending("main")
            let before = try Fixture.shell(
                "cd \"$1\"; find . | sort; git status --porcelain; git log --format=%s", main.string)
            let guarding = try self.guarding(main, protected)
            try guarding.makePlaceholders()
            for mount in guarding.mounts { #expect(Files.exists(mount.source)) }
            let script = "cd \"$1\"; git status --porcelain; git log --format=%s; git worktree list; git fsck"
            let during = try Fixture.shell(script, main.string)
            #expect(during.contains("sub\nx\n"))
            let tree = try Fixture.shell("cd \"$1\"; git log --format=%s", directory.appending("tree").string)
            #expect(tree == "sub\nx\n")
            // A killed launcher left placeholders; the next one reuses them.
            let next = try self.guarding(main, protected)
            #expect(list(next) == list(guarding))
            guarding.removePlaceholders()
            #expect(
                try Fixture.shell("cd \"$1\"; find . | sort; git status --porcelain; git log --format=%s", main.string)
                    == before)
        }
    }

    @Test("The repository of a worktree is mounted at the path of its pointer")
    func worktree() throws {
        try withRepository { directory, protected in
            let guarding = try self.guarding(directory.appending("tree"), protected)
            let lines = list(guarding)
            #expect(guarding.outside?.path == directory.pushing("main/.git"))
            for line in [
                "/workspace/.git ro", "\(directory)/main/.git rw", "\(directory)/main/.git/config ro",
                "\(directory)/main/.git/hooks ro", "\(directory)/main/.git/worktrees ro",
                "\(directory)/main/.git/worktrees/tree rw", "\(directory)/main/.git/worktrees/tree/commondir ro",
            ] {
                #expect(lines.contains(line), "\(line)")
            }
        }
    }

    @Test("A pointer into a directory with secrets is refused")
    func pointerToSecrets() throws {
        try Fixture.directory { directory in
            let home = directory.appending("home")
            try Fixture.shell(
                "mkdir -p \"$1/home/.ssh\" \"$1/w\"; touch \"$1/home/.ssh/HEAD\"; echo \"gitdir: $1/home/.ssh\" > \"$1/w/.git\"",
                directory.string)
            #expect(throws: RunError.self) {
                try guarding(directory.appending("w"), ProtectedPaths(home: home))
            }
        }
    }

    @Test(
        "Paths that cannot be guarded are refused",
        arguments: [
            "ln -s elsewhere .git", "mkfifo .git", "echo 'gitdir: /nonexistent' > .git", "echo nonsense > .git",
            ": > .git",
        ])
    func refused(script: String) throws {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; \(script)", directory.string)
            #expect(throws: RunError.self) {
                try guarding(directory, ProtectedPaths(home: "/nowhere"))
            }
        }
    }

    @Test("No repository, no guard")
    func nothing() throws {
        try Fixture.directory { directory in
            let guarding = try self.guarding(directory, ProtectedPaths(home: "/no"))
            #expect(list(guarding) == ["/workspace rw"])
        }
    }

    @Test("A submodule's path cannot leave the tree")
    func hostileModules() throws {
        try Fixture.directory { directory in
            try Fixture.shell(
                "cd \"$1\"; git init -q w; mkdir -p out/.git; printf '[submodule \"x\"]\\npath = ../out\\n' > w/.gitmodules",
                directory.string)
            let guarding = try self.guarding(directory.appending("w"), ProtectedPaths(home: "/no"))
            #expect(!guarding.mounts.contains { $0.source.starts(with: directory.appending("out")) })
        }
    }

    @Test("The next launcher removes an empty directory of worktrees that a killed launcher left")
    func leftWorktrees() throws {
        try Fixture.directory { directory in
            try Fixture.shell("\(GuardFixture.setUp)\nmkdir .git/worktrees", directory.string)
            let rules = RepositoryRules(protected: ProtectedPaths(home: "/nowhere"))
            let guarding = try GitGuard(try GuardFixture.trees(directory.appending("p")), rules: rules)
            try guarding.makePlaceholders()
            #expect(guarding.mounts.contains { $0.target == "/workspace/.git/worktrees" && $0.readOnly })
            guarding.removePlaceholders()
            #expect(!Files.exists(directory.pushing("p/.git/worktrees")))
        }
    }
}
