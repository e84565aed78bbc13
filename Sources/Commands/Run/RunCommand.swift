// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Run

/// `run`: runs the agent, or any command, in a container on a project.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Start the agent in a container on the current directory.",
        discussion: """
            The container sees the project, at /workspace, and no other files of yours. The files that it writes there \
            belong to you. It cannot change git hooks and git configuration. At the end, changed files that programs \
            of the host execute are listed. Shell history and package caches are stored per project.

            EXAMPLES
              opencode-docker run                             the agent, here
              opencode-docker run -c                          continue the session
              opencode-docker run -- -s SESSION               options of the agent
              opencode-docker run -- make test                run another command
              opencode-docker run --network none --memory 4g  stricter
              opencode-docker run --network allow --allow anthropic,github,npm
              opencode-docker run --profile strict -- sh -c 'id'
              opencode-docker run --add-dir ../docs:ro        /mnt/docs, read-only
              GH_TOKEN=$(gh auth token) opencode-docker run   git and gh sign in to GitHub
              opencode-docker run --ssh agent --ssh-key me@laptop
              opencode-docker run --dry-run                   print what would be started
              opencode-docker run --dry-run --format json     print the whole plan
            """)

    @OptionGroup var options: LaunchOptions

    @Flag(
        name: [.customShort("c"), .customLong("continue")],
        help: "Continue the agent's last session in the project. [environment: OPENCODE_DOCKER_CONTINUE=1]")
    var continues = false

    @Argument(
        parsing: .postTerminator,
        help: .init(
            "The command to run instead of the agent, after `--`; or options of the agent, which begin with a dash.",
            valueName: "command"))
    var command: [String] = []

    func validate() throws {
        if continues && !command.isEmpty { throw ValidationError("--continue excludes a command.") }
    }

    func run() async throws {
        if continues { return try await options.launch([CodingAgent.openCode.continuing]) }
        try await options.launch(command.isEmpty ? nil : command)
    }
}
