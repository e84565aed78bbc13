// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage
import Testing

@Suite("Changing a configuration without replacing the file")
struct ConfigurationEditTests {
    private func guarding(_ directory: FilePath) throws -> GitGuard {
        let tree = GuardedTree(try ContainerTree(directory.appending("p")), target: "/workspace")
        return try GitGuard([tree], rules: RepositoryRules(protected: ProtectedPaths(home: "/no")))
    }

    private static let environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_DIR": "/nonexistent"]

    @Test(
        "The file has git's contents and the same inode",
        arguments: [
            ["user.name", "A b"], ["--add", "remote.x.url", "y"], ["--unset", "core.filemode"],
            ["--rename-section", "core", "c"], ["--replace-all", "core.bare", "true"],
        ])
    func change(arguments: [String]) throws {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; git init -q p; mkdir t; cp p/.git/config t/wanted", directory.string)
            let words = arguments.map { "'\($0)'" }.joined(separator: " ")
            try Fixture.shell("cd \"$1\"; git config --file t/wanted \(words)", directory.string)
            let held = try guarding(directory)
            let before = try held.trees[0].tree.identity(".git/config")
            let edit = try ConfigurationEdit(held)
            #expect(try edit.run(arguments, in: directory.appending("t"), environment: Self.environment) == 0)
            #expect(try held.trees[0].tree.identity(".git/config") == before)
            try Fixture.shell("cd \"$1\"; cmp t/wanted p/.git/config", directory.string)
        }
    }

    @Test(
        "An invalid change has no effect",
        arguments: [["--unset", "no.such"], ["nonsense"]])
    func refused(arguments: [String]) throws {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; git init -q p; mkdir t; cp p/.git/config wanted", directory.string)
            let status = try ConfigurationEdit(try guarding(directory)).run(
                arguments, in: directory.appending("t"), environment: Self.environment)
            #expect(status != 0)
            try Fixture.shell("cd \"$1\"; cmp wanted p/.git/config", directory.string)
        }
    }

    @Test(
        "No repository, or a configuration that is not a file",
        arguments: ["mkdir p", "git init -q p; rm p/.git/config; mkfifo p/.git/config"])
    func none(script: String) throws {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; \(script)", directory.string)
            #expect(throws: RunError.self) { try ConfigurationEdit(try guarding(directory)) }
        }
    }

    @Test("An unreadable result is not copied back, and a nested repository is not the project's")
    func broken() throws {
        try Fixture.directory { directory in
            try Fixture.shell(
                "cd \"$1\"; git init -q p; mkdir t; git init -q q/sub; cp p/.git/config wanted", directory.string)
            let edit = try ConfigurationEdit(try guarding(directory))
            let editor = Self.environment.merging(["GIT_EDITOR": "echo '[broken' >>"]) { $1 }
            #expect(throws: RunError.brokenConfiguration(directory.pushing("p/.git/config"))) {
                try edit.run(["--edit"], in: directory.appending("t"), environment: editor)
            }
            try Fixture.shell("cd \"$1\"; cmp wanted p/.git/config; mv p p2; mv q p", directory.string)
            #expect(throws: RunError.notRepository(directory.appending("p"))) {
                try ConfigurationEdit(try guarding(directory))
            }
        }
    }

    @Test("A lock is stale when no launcher uses the repository")
    func stale() throws {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; git init -q p", directory.string)
            let held = try guarding(directory)
            #expect(held.staleLocks.isEmpty)
            try held.makePlaceholders()
            #expect(held.staleLocks == [directory.pushing("p/.git/config.lock")])
            let locks = try held.identities.map { try ProjectLock($0) }
            #expect(held.staleLocks.isEmpty && !locks.isEmpty)
        }
    }
}
