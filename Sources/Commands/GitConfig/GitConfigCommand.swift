// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Glibc
import Launching
import Run
import SystemPackage

/// `git-config`: changes a configuration without breaking its guard.
struct GitConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "git-config",
        abstract: "Change a project's git configuration during a run.",
        discussion: """
            During a run, git on the host cannot change `.git/config`, because it replaces the file, and the new file \
            would not be guarded. This command lets git change a copy and writes the result to the same file. The \
            container sees the change at once and still cannot write the file. The report of the run lists the changed \
            file.

            EXAMPLES
              opencode-docker git-config -- user.email me@example.com
              opencode-docker git-config -- --add remote.fork.url git@example.com:me/api.git
              opencode-docker git-config --project ~/work/api -- --list
            """)

    @Option(
        help: .init(
            "The project's directory. [environment: OPENCODE_DOCKER_PROJECT] (default: the current one)",
            valueName: "dir"), completion: .directory
    )
    var project: String?

    @Argument(
        parsing: .postTerminator, help: .init("The arguments of git-config(1), after `--`.", valueName: "argument"))
    var arguments: [String] = []

    func run() async throws {
        if let option = arguments.first(where: Self.selectsFile) {
            throw ValidationError(
                "'\(option)' selects another file than the project's configuration: use git itself.")
        }
        guard !arguments.isEmpty else { throw ValidationError("Write the arguments of git config after `--`.") }
        let environment = CommandEnvironment.current
        let place = try ProjectPlace(project, environment.caller)
        try Files.makeDirectories(place.state.path)
        let lock = try FileDescriptor.open(
            place.state.path.appending("git-config.lock"), .readWrite, options: [.create, .closeOnExec, .noFollow],
            permissions: [.ownerReadWrite])
        defer { try? lock.close() }
        flock(lock.rawValue, LOCK_EX)
        let edit = try ConfigurationEdit(try place.guarding())
        let directory = try environment.caller.sessionDirectory()
        defer { directory.remove() }
        let status = try edit.run(arguments, in: directory.outer, environment: environment.variables)
        directory.remove()
        Program.finish(status)
    }

    /// Whether `word` is an option of git-config(1) that selects a file, also abbreviated or among other letters.
    private static func selectsFile(_ word: String) -> Bool {
        guard word.hasPrefix("--") else { return word.hasPrefix("-") && word.contains("f") }
        let name = word.prefix { $0 != "=" }
        let options = ["--file", "--global", "--system", "--local", "--worktree", "--blob"]
        return name.count > 2 && options.contains { $0.hasPrefix(name) }
    }
}
