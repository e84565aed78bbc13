// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Glibc
import Launching
import Run
import SystemPackage

/// `key`: manages the ssh key for coding agents.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Manage the ssh key for coding agents.",
        discussion: """
            EXAMPLES
              opencode-docker key create
            """,
        subcommands: [KeyCreateCommand.self])
}

/// `key create`: creates the key and explains where to register it.
struct KeyCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create an ssh key for coding agents.",
        discussion: """
            The key is never stored in a container: `run` loads it into a private ssh-agent and forwards signatures. \
            By default it has no passphrase, so register it with few permissions: as a deploy key of one repository, \
            with write access only where needed.

            EXAMPLES
              opencode-docker key create
              opencode-docker key create --passphrase
            """)

    @Flag(help: "Ask for a passphrase, now and at each run. [environment: OPENCODE_DOCKER_PASSPHRASE=1]")
    var passphrase = false

    func run() async throws {
        let environment = CommandEnvironment.current
        let file = environment.caller.dedicatedKey
        guard !Files.exists(file) else { throw RunError.keyExists(file) }
        try Files.makeDirectories(file.removingLastComponent())
        chmod(file.removingLastComponent().string, 0o700)
        let silent = passphrase ? [] : ["-N", ""]
        let arguments = ["-q", "-t", "ed25519", "-C", "opencode-docker agent", "-f", file.string] + silent
        let status = try ExternalProgram.onTerminal("ssh-keygen", arguments, environment: environment.variables)
        guard status == 0 else { throw RunError.toolFailed("ssh-keygen", status) }
        let key = try Files.read(FilePath("\(file).pub"), limit: 1 << 14)
        StandardError.write(
            """
            This key is \(file); `opencode-docker run` uses it from now on. Register the public key below:
              one GitHub repository: Settings, Deploy keys (write access only if the agent is to push)
              one GitLab project:    Settings, Repository, Deploy keys
              another server:        a line of ~/.ssh/authorized_keys, with `restrict` in front

            """)
        print(String(decoding: key, as: UTF8.self), terminator: "")
    }
}
