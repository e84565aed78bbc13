// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Engine
import Run
import SystemPackage

/// Which project, and what of the machine its container gets: the options of `run` and `shell`.
struct WorkspaceOptions: ParsableArguments {
    @Option(
        help: .init(
            "The project's directory; without it, the current one. With :ro it cannot be written. [environment: OPENCODE_DOCKER_PROJECT]",
            valueName: "dir[:ro]"))
    var project: String?

    @Option(
        name: .customLong("add-dir"),
        help: .init(
            "One more directory, seen at /mnt/NAME; with :ro it cannot be written. Can be repeated. [environment: OPENCODE_DOCKER_ADD_DIR]",
            valueName: "dir[:ro]"
        ))
    var added: [String] = []

    @Flag(
        help:
            "Show every directory at the path it has outside, instead of /workspace and /mnt. [environment: OPENCODE_DOCKER_SAME_PATH=1]"
    )
    var samePath = false

    @Flag(
        name: .customLong("allow-git-config"),
        help:
            "Let the container change git hooks and git configuration, which git on the host executes. [environment: OPENCODE_DOCKER_ALLOW_GIT_CONFIG=1]"
    )
    var allowGitConfiguration = false

    @Option(
        name: .customLong("allow-repository"),
        help: .init(
            "A repository outside of the project that the project is a work tree of: mounted without a question. Can be repeated. [environment: OPENCODE_DOCKER_ALLOW_REPOSITORY]",
            valueName: "dir"))
    var repositories: [String] = []
}

/// How tightly the container is held.
struct HoldOptions: ParsableArguments {
    @Option(
        help: .init(
            "The profile of image/hardening.yaml: standard or strict. [environment: OPENCODE_DOCKER_PROFILE]",
            valueName: "name"))
    var profile: String?

    @Option(
        help: .init(
            "What of the network can be reached: full or none. [environment: OPENCODE_DOCKER_NETWORK]",
            valueName: "mode"))
    var network: NetworkChoice?

    @Option(
        help: .init("The most memory it gets, such as 4g. [environment: OPENCODE_DOCKER_MEMORY]", valueName: "amount"))
    var memory: String?

    @Option(
        help: .init("The most processor time, such as 1.5. [environment: OPENCODE_DOCKER_CPUS]", valueName: "number"))
    var cpus: Double?

    @Option(
        name: .customLong("pids-limit"),
        help: .init("The most processes and threads. [environment: OPENCODE_DOCKER_PIDS_LIMIT]", valueName: "number"))
    var pids: Int?

    @Flag(help: "No way to root in the container. [environment: OPENCODE_DOCKER_NO_SUDO=1]")
    var noSudo = false

    func validate() throws {
        if let cpus, !(cpus >= 0.01 && cpus <= 4096) { throw ValidationError("--cpus must be from 0.01 to 4096.") }
        if let pids, !(16...4_194_304).contains(pids) { throw ValidationError("--pids-limit must be 16 or more.") }
    }

    /// What of the profile changes.
    ///
    /// - Throws: `RunError.unusable`.
    func changes() throws -> ProfileChanges {
        var changes = ProfileChanges()
        changes.network = network.map { $0 == .full ? .full : .none }
        changes.memory = try memory.map { try Amount.bytes($0, option: "--memory") }
        changes.cpus = cpus
        changes.pids = pids
        changes.noSudo = noSudo
        return changes
    }
}

/// What `--network` takes.
enum NetworkChoice: String, ExpressibleByArgument, CaseIterable {
    case full, none
}

/// What the container gets to sign in with.
struct CredentialOptions: ParsableArguments {
    @Flag(
        name: .customLong("no-credentials"),
        help:
            "Lend nothing: neither the tokens of the environment nor a key. [environment: OPENCODE_DOCKER_NO_CREDENTIALS=1]"
    )
    var none = false

    @Option(
        help: .init(
            "How ssh works: key (the key for agents, the default where there is one), agent (a key of your own ssh-agent) or none. [environment: OPENCODE_DOCKER_SSH]",
            valueName: "way"))
    var ssh: SSHChoice?

    @Option(
        name: .customLong("ssh-key"),
        help: .init(
            "Which key of your ssh-agent: its comment or fingerprint. [environment: OPENCODE_DOCKER_SSH_KEY]",
            valueName: "key"))
    var sshKey: String?

    @Option(
        help: .init(
            "A provider whose credentials OpenCode gets of yours (`opencode auth list`). Can be repeated. [environment: OPENCODE_DOCKER_PROVIDER]",
            valueName: "name"))
    var provider: [String] = []

    @Option(
        name: .customLong("env"),
        help: .init(
            "One more variable: NAME, or NAME=VALUE. Whoever may inspect the container sees it. [environment: OPENCODE_DOCKER_ENV]",
            valueName: "name"))
    var variables: [String] = []

    func validate() throws {
        if none && (ssh == .agent || ssh == .key || !provider.isEmpty) {
            throw ValidationError("--no-credentials excludes --ssh and --provider.")
        }
        if sshKey != nil && ssh != .agent { throw ValidationError("--ssh-key needs --ssh agent.") }
    }
}

/// What `--ssh` takes.
enum SSHChoice: String, ExpressibleByArgument, CaseIterable {
    case key, agent, none
}

/// What runs the container, and from which image.
struct StartOptions: ParsableArguments {
    @Option(
        help: .init(
            "What runs it: docker, podman or embedded; auto takes the first that is there. [environment: OPENCODE_DOCKER_ENGINE]",
            valueName: "engine"))
    var engine: EngineOption?

    @Flag(help: "The image without the agent. [environment: OPENCODE_DOCKER_BASE=1]")
    var base = false

    @Option(
        help: .init(
            "The image for another machine, emulated: linux/amd64 or linux/arm64. [environment: OPENCODE_DOCKER_PLATFORM]",
            valueName: "platform"))
    var platform: String?

    @Option(
        name: .customLong("user-image"),
        help: .init(
            "An image of your own, made FROM this one: a name that the engine knows. [environment: OPENCODE_DOCKER_USER_IMAGE]",
            valueName: "image"))
    var userImage: String?

    @Option(
        name: .customLong("image-dir"),
        help: .init(
            "The directory with hardening.yaml; never looked for in the project. [environment: OPENCODE_DOCKER_IMAGE_DIR]",
            valueName: "dir"))
    var imageDirectory: String?

    @Flag(
        name: .customLong("dry-run"),
        help: "Print the engine's command line, and start nothing. [environment: OPENCODE_DOCKER_DRY_RUN=1]")
    var isDry = false

    @Option(
        help: .init(
            "What --dry-run prints: text (the engine's command line) or json (the whole plan: directories, files, mounts). [environment: OPENCODE_DOCKER_FORMAT]",
            valueName: "format"))
    var format = ResultFormat.text

    @Flag(name: .shortAndLong, help: "Say warnings only. [environment: OPENCODE_DOCKER_QUIET=1]")
    var quiet = false
}

/// All options of a start.
struct LaunchOptions: ParsableArguments {
    @OptionGroup(title: "Project") var workspace: WorkspaceOptions
    @OptionGroup(title: "Limits") var hold: HoldOptions
    @OptionGroup(title: "Credentials") var credentials: CredentialOptions
    @OptionGroup(title: "Start") var start: StartOptions
    @OptionGroup(title: "Trust") var trust: TrustOptions
    @OptionGroup(title: "Registries") var registries: RegistryOptions
}
