// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage
import Testing

@Suite("A change of a configuration that keeps the file")
struct ConfigurationEditTests {
    private func guarding(_ folder: FilePath) throws -> GitGuard {
        let tree = GuardedTree(try ContainerTree(folder.appending("p")), target: "/workspace")
        return try GitGuard([tree], rules: RepositoryRules(protected: ProtectedPaths(home: "/no")))
    }

    private static let environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_DIR": "/nonexistent"]

    @Test(
        "The file is as git makes it, and the same one",
        arguments: [
            ["user.name", "A b"], ["--add", "remote.x.url", "y"], ["--unset", "core.filemode"],
            ["--rename-section", "core", "c"], ["--replace-all", "core.bare", "true"],
        ])
    func change(arguments: [String]) throws {
        try Trial.folder { folder in
            try Trial.shell("cd \"$1\"; git init -q p; mkdir t; cp p/.git/config t/wanted", folder.string)
            let words = arguments.map { "'\($0)'" }.joined(separator: " ")
            try Trial.shell("cd \"$1\"; git config --file t/wanted \(words)", folder.string)
            let held = try guarding(folder)
            let before = try held.trees[0].tree.identity(".git/config")
            let edit = try ConfigurationEdit(held)
            #expect(try edit.run(arguments, in: folder.appending("t"), environment: Self.environment) == 0)
            #expect(try held.trees[0].tree.identity(".git/config") == before)
            try Trial.shell("cd \"$1\"; cmp t/wanted p/.git/config", folder.string)
        }
    }

    @Test(
        "What git refuses changes nothing",
        arguments: [["--unset", "no.such"], ["nonsense"], ["--file", "x", "a.b", "c"]])
    func refused(arguments: [String]) throws {
        try Trial.folder { folder in
            try Trial.shell("cd \"$1\"; git init -q p; mkdir t; cp p/.git/config wanted", folder.string)
            let status = try ConfigurationEdit(try guarding(folder)).run(
                arguments, in: folder.appending("t"), environment: Self.environment)
            #expect(status != 0 || arguments.first == "--file")
            try Trial.shell("cd \"$1\"; cmp wanted p/.git/config", folder.string)
        }
    }

    @Test(
        "No repository, and what is no file",
        arguments: ["mkdir p", "git init -q p; rm p/.git/config; mkfifo p/.git/config"])
    func none(script: String) throws {
        try Trial.folder { folder in
            try Trial.shell("cd \"$1\"; \(script)", folder.string)
            #expect(throws: RunError.self) { try ConfigurationEdit(try guarding(folder)) }
        }
    }

    @Test("A lock is stale when nobody runs on the repository")
    func stale() throws {
        try Trial.folder { folder in
            try Trial.shell("cd \"$1\"; git init -q p", folder.string)
            let held = try guarding(folder)
            #expect(held.staleLocks.isEmpty)
            try held.makePlaceholders()
            #expect(held.staleLocks == [folder.pushing("p/.git/config.lock")])
            let locks = try held.identities.map { try ProjectLock($0) }
            #expect(held.staleLocks.isEmpty && !locks.isEmpty)
        }
    }
}
