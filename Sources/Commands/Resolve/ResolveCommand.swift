// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Context
import Core
import Debian
import ImageBuilding
import ImageDefinition
import Resolve

/// `resolve`: resolves the names in image.yaml to versions.lock.
struct ResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Pin Debian packages and programs in versions.lock.",
        discussion: """
            The archive's signature is verified with gpgv against Debian's keyring, its indices by digest, and the \
            packages are chosen as apt would, for every architecture of image.yaml. The changes are printed on \
            standard output. A version that image.yaml pins (name=version) is kept; when no archive has it any more, \
            it is fetched from a snapshot (--snapshot), and newer security versions are reported.

            An expired release file is refused, unless --allow-expired or the machine's own apt \
            (Acquire::Check-Valid-Until "false") permits it. When no mirror has the archives any more, their snapshot \
            at the time of the lock is used (--snapshot).

            EXAMPLES
              opencode-docker resolve                        update all packages
              opencode-docker resolve --update openssl curl  these, and what they require
              opencode-docker resolve --agent 1.19.0         only the agent
              opencode-docker resolve --program node=24.22.4 only this program
              opencode-docker resolve --check                compare it with image.yaml
            """)

    @OptionGroup(title: "Image") var image: ImageOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Flag(
        help: """
            Change nothing; exit with status 1 when the lock was not made from this image.yaml. [environment: \
            OPENCODE_DOCKER_CHECK=1]
            """)
    var check = false

    @Flag(
        help: """
            Update the named packages, and what they require; without a name, all packages. [environment: \
            OPENCODE_DOCKER_UPDATE=1]
            """)
    var update = false

    @Argument(help: .init("Packages or sources that --update updates.", valueName: "name"))
    var names: [String] = []

    @Flag(
        help: """
            Update only packages whose locked version is gone from the archive. [environment: \
            OPENCODE_DOCKER_UPDATE_MISSING=1]
            """)
    var updateMissing = false

    @Flag(
        help: """
            Accept expired release files, as a mirror with a frozen snapshot serves them. [environment: \
            OPENCODE_DOCKER_ALLOW_EXPIRED=1]
            """)
    var allowExpired = false

    @Option(
        help: .init(
            """
            Pin this version of the agent in image.yaml and the lock; packages are kept unless --update is used. \
            [environment: OPENCODE_DOCKER_AGENT]
            """, valueName: "version"))
    var agent: String?

    @Option(
        name: .customLong("agent-sha256"),
        help: .init(
            """
            The digest of that version's archive for a platform, instead of downloading the archive; may be repeated. \
            [environment: OPENCODE_DOCKER_AGENT_SHA256]
            """, valueName: "platform=hex"))
    var agentDigests: [String] = []

    @Option(
        help: .init(
            """
            Pin this version of a program in image.yaml and the lock; packages are kept unless --update is used. \
            [environment: OPENCODE_DOCKER_PROGRAM]
            """, valueName: "name=version"))
    var program: String?

    @Option(
        name: .customLong("program-sha256"),
        help: .init(
            """
            The digest of that version's release for a platform, instead of downloading it; may be repeated. \
            [environment: OPENCODE_DOCKER_PROGRAM_SHA256]
            """, valueName: "platform=hex"))
    var programDigests: [String] = []

    func validate() throws {
        if check && (update || updateMissing || agent != nil || program != nil) {
            throw ValidationError("--check changes nothing.")
        }
        if updateMissing && update { throw ValidationError("--update and --update-missing exclude each other.") }
        if !update, let name = names.first { throw ValidationError("To update '\(name)', add --update.") }
        if agent == nil && !agentDigests.isEmpty { throw ValidationError("--agent-sha256 needs --agent.") }
        if program == nil && !programDigests.isEmpty { throw ValidationError("--program-sha256 needs --program.") }
        if agent != nil && program != nil { throw ValidationError("--agent and --program exclude each other.") }
        if let program, !program.contains("=") { throw ValidationError("--program needs NAME=VERSION.") }
    }

    func run() async throws {
        let environment = CommandEnvironment.current
        guard !check else {
            let inputs = try image.inputs(environment, orInstalled: false)
            try ProgramPlaces(of: inputs.definition.programs).check(below: inputs.directory)
            for package in inputs.definition.localPackages {
                try LocalPackages.verify(package.file, package.sha256, in: inputs.directory)
            }
            if console.settings(environment: environment.variables).verbosity != .quiet {
                StandardError.write("The lock matches the definition.\n")
            }
            return
        }
        let pins = try PinFiles(directory: image.directory(environment), lockFile: image.lockFile(environment))
        let run = ResolveRun(
            pins: pins, move: try move(in: pins.definition), scope: try scope(), host: try downloads.host(environment),
            now: environment.now,
            expired: await expired())
        let new = try await console.withProgress(environment: environment.variables) {
            try await run.run(progress: $0)
        }
        try pins.write(new)
        print(LockChanges(from: pins.lock, to: new.lock).text, terminator: "")
    }

    private func move(in definition: ImageDefinition) throws -> ProgramMove? {
        if let agent { return try ProgramMove(nil, to: agent, given: agentDigests, in: definition) }
        guard let words = program?.split(separator: "=", maxSplits: 1).map(String.init), words.count == 2 else {
            return nil
        }
        return try ProgramMove(words[0], to: words[1], given: programDigests, in: definition)
    }

    /// The packages to update; `nil` for a program only.
    private func scope() throws -> UpdateScope? {
        if updateMissing { return .missing }
        if !names.isEmpty { return .only(try names.map { try PackageName($0) }) }
        return (agent == nil && program == nil) || update ? .all : nil
    }

    private func expired() async -> ExpiryRule {
        allowExpired ? .take("as asked by --allow-expired") : await .ofMachine()
    }
}
