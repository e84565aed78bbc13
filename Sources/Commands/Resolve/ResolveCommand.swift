// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Debian
import ImageDefinition
import Lockfile
import Resolve

/// `resolve`: from the names in image.yaml to versions.lock.
struct ResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Pin Debian packages, and the agent, in versions.lock.",
        discussion: """
            The archive's signature is checked with gpgv against Debian's keyring, its indices by digest, and the \
            packages are chosen as apt would choose them, for every architecture of image.yaml. What changed is printed \
            on standard output. A version that image.yaml pins (name=version) is kept; where no archive has it any more, it is \
            taken from the time when one had it (--snapshot), and a newer security version is named.

            A release file whose validity is over is refused, unless --allow-expired or the machine's own apt \
            (Acquire::Check-Valid-Until "false") says otherwise. Where no mirror has the archives any more, they are \
            asked for as they were at the time of the lock (--snapshot).

            EXAMPLES
              opencode-docker resolve                        all to the latest versions
              opencode-docker resolve --update openssl curl  these, and what they force
              opencode-docker resolve --agent 1.19.0         only the agent
              opencode-docker resolve --check                does the lock fit image.yaml?
            """)

    @OptionGroup(title: "Image") var image: ImageOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Flag(
        help: """
            Change nothing; exit status 1 when the lock was not made from this image.yaml. \
            [environment: OPENCODE_DOCKER_CHECK=1]
            """)
    var check = false

    @Flag(
        help: """
            Move the packages that are named, and what they force; without a name, all of them. \
            [environment: OPENCODE_DOCKER_UPDATE=1]
            """)
    var update = false

    @Argument(help: .init("Packages, or sources, that --update moves.", valueName: "name"))
    var names: [String] = []

    @Flag(
        help: """
            Move only what the archive no longer has in the locked version. \
            [environment: OPENCODE_DOCKER_UPDATE_MISSING=1]
            """)
    var updateMissing = false

    @Flag(
        help: """
            Take release files whose validity is over, as a mirror that is a frozen snapshot serves them. \
            [environment: OPENCODE_DOCKER_ALLOW_EXPIRED=1]
            """)
    var allowExpired = false

    @Option(
        help: .init(
            """
            Pin this version of the agent, in image.yaml and in the lock; packages stay unless --update moves them. \
            [environment: OPENCODE_DOCKER_AGENT]
            """, valueName: "version"))
    var agent: String?

    @Option(
        name: .customLong("agent-sha256"),
        help: .init(
            """
            The digest of that version's archive for a platform, instead of downloading it to learn it; may be \
            repeated. [environment: OPENCODE_DOCKER_AGENT_SHA256]
            """, valueName: "platform=hex"))
    var agentDigests: [String] = []

    func validate() throws {
        if check && (update || updateMissing || agent != nil) { throw ValidationError("--check changes nothing.") }
        if updateMissing && update { throw ValidationError("--update and --update-missing exclude each other.") }
        if !update, let name = names.first { throw ValidationError("'\(name)' is to be moved? Then add --update.") }
        if agent == nil && !agentDigests.isEmpty { throw ValidationError("--agent-sha256 needs --agent.") }
    }

    func run() async throws {
        let environment = CommandEnvironment.current
        guard !check else {
            _ = try ImageInputs(image, environment, orInstalled: false)
            if console.settings(environment: environment.variables).verbosity != .quiet {
                StandardError.write("The lock is that of the definition.\n")
            }
            return
        }
        let pins = try PinFiles(image, environment)
        let move = try agent.map { try AgentMove(to: $0, given: agentDigests, in: pins.definition) }
        let run = ResolveRun(
            pins: pins, move: move, scope: try scope(), downloads: downloads,
            store: try Store(root: environment.storeDirectory), environment: environment, expired: await expired())
        let new = try await console.withProgress(environment: environment.variables) {
            try await run.run(progress: $0)
        }
        try pins.write(new)
        print(LockChanges(from: pins.lock, to: new.lock).text, terminator: "")
    }

    /// What may move; `nil`: nothing but the agent.
    private func scope() throws -> UpdateScope? {
        if updateMissing { return .missing }
        if !names.isEmpty { return .only(try names.map { try PackageName($0) }) }
        return agent == nil || update ? .all : nil
    }

    private func expired() async -> ExpiryRule {
        allowExpired ? .take("as asked by --allow-expired") : await .ofMachine()
    }
}

extension ExpiryRule {
    /// As this machine's own apt has it.
    static func ofMachine() async -> ExpiryRule {
        await AptConfiguration.checksValidUntil()
            ? .refuse : .take("as this machine's apt does (Acquire::Check-Valid-Until \"false\")")
    }
}
