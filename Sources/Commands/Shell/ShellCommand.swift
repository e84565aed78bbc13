// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `shell`: starts a shell in such a container.
struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell",
        abstract: "Start a shell in a container on the current directory.",
        discussion: """
            Takes the options of `run`; the same as `opencode-docker run -- zsh -l`.

            EXAMPLES
              opencode-docker shell
              opencode-docker shell --network none
            """)

    @OptionGroup var options: LaunchOptions

    func run() async throws {
        try await options.launch(["zsh", "-l"])
    }
}
