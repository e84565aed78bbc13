// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Egress
import Engine
import Run
import SystemPackage

/// The project and the directories of its container: options of `run` and `shell`.
struct WorkspaceOptions: ParsableArguments {
    @Option(
        help: .init(
            "The project's directory; default: the current one. With :ro it is read-only. [environment: OPENCODE_DOCKER_PROJECT]",
            valueName: "dir[:ro]"), completion: .directory)
    var project: String?

    @Option(
        name: .customLong("add-dir"),
        help: .init(
            "An additional directory, mounted at /mnt/NAME; read-only with :ro. May be repeated. [environment: OPENCODE_DOCKER_ADD_DIR]",
            valueName: "dir[:ro]"
        ), completion: .directory)
    var added: [String] = []

    @Flag(
        help:
            "Mount every directory at its host path instead of /workspace and /mnt. [environment: OPENCODE_DOCKER_SAME_PATH=1]"
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
            "The project's repository if it is outside of the project: mounted without confirmation. May be repeated. [environment: OPENCODE_DOCKER_ALLOW_REPOSITORY]",
            valueName: "dir"), completion: .directory)
    var repositories: [String] = []

    func validate() throws {
        // As of a variable that is not set: it would be the current directory.
        for (name, values) in [
            ("--project", [project ?? "."]), ("--add-dir", added), ("--allow-repository", repositories),
        ]
        where values.contains(where: { $0.isEmpty || $0.first == ":" }) {
            throw ValidationError("\(name) needs the name of a directory.")
        }
    }
}

/// The isolation of the container.
struct HoldOptions: ParsableArguments {
    @Option(
        help: .init(
            "The profile of image/hardening.yaml: standard or strict. [environment: OPENCODE_DOCKER_PROFILE]",
            valueName: "name"))
    var profile: String?

    @Option(
        help: .init(
            "The network access: full, none, or allow (the hosts of --allow alone). [environment: OPENCODE_DOCKER_NETWORK]",
            valueName: "mode"))
    var network: NetworkChoice?

    @Option(
        help: .init("The memory limit, such as 4g. [environment: OPENCODE_DOCKER_MEMORY]", valueName: "amount"))
    var memory: String?

    @Option(
        name: .customLong("shm-size"),
        help: .init(
            """
            The size of /dev/shm, by default 1g or half of the memory limit. [environment: OPENCODE_DOCKER_SHM_SIZE]
            """, valueName: "amount"))
    var sharedMemory: String?

    @Option(
        help: .init("The limit of processors, such as 1.5. [environment: OPENCODE_DOCKER_CPUS]", valueName: "number"))
    var cpus: Double?

    @Option(
        name: .customLong("pids-limit"),
        help: .init("The limit of processes. [environment: OPENCODE_DOCKER_PIDS_LIMIT]", valueName: "number"))
    var pids: Int?

    @Flag(help: "Disable sudo in the container. [environment: OPENCODE_DOCKER_NO_SUDO=1]")
    var noSudo = false

    func validate() throws {
        if let cpus, !(cpus >= 0.01 && cpus <= 4096) { throw ValidationError("--cpus must be from 0.01 to 4096.") }
        if let pids, !(16...4_194_304).contains(pids) {
            throw ValidationError("--pids-limit must be from 16 to 4194304.")
        }
    }

    /// The changes to the profile.
    ///
    /// - Throws: `RunError.unusable`.
    func changes() throws -> ProfileChanges {
        var changes = ProfileChanges()
        // The hosts of a list are reached from a network namespace with a loopback interface alone.
        changes.network = network.map { $0 == .full ? .full : .none }
        changes.memory = try memory.map { try Amount.bytes($0, option: "--memory") }
        changes.sharedMemory = try sharedMemory.map { try Amount.bytes($0, option: "--shm-size") }
        changes.cpus = cpus
        changes.pids = pids
        changes.noSudo = noSudo
        return changes
    }
}

/// The values of `--network`.
enum NetworkChoice: String, ExpressibleByArgument, CaseIterable {
    case full, allow, none
}

/// The hosts of `--network allow`.
struct NetworkOptions: ParsableArguments {
    @Option(
        name: .customLong("allow"),
        help: .init(
            """
            The hosts of --network allow, with commas: presets (`network presets`), hosts with ports 80 and 443, HOST:PORT, \
            *.DOMAIN; host.internal:PORT is this machine. May be repeated. [environment: OPENCODE_DOCKER_ALLOW]
            """,
            valueName: "hosts"))
    var allowed: [String] = []

    /// The rules with `choice`; `nil` unless it is a list.
    ///
    /// - Throws: `EgressError`.
    func rules(_ choice: NetworkChoice?) throws -> [NetworkRule]? {
        choice == .allow ? try NetworkRule.rules(allowed) : nil
    }
}

/// The credentials of the container.
struct CredentialOptions: ParsableArguments {
    @Flag(
        name: .customLong("no-credentials"),
        help:
            "Provide no credentials, neither tokens nor an ssh key. [environment: OPENCODE_DOCKER_NO_CREDENTIALS=1]"
    )
    var none = false

    @Option(
        help: .init(
            "The ssh key: key (that for coding agents, the default if it exists), agent (one of your ssh-agent) or none. [environment: OPENCODE_DOCKER_SSH]",
            valueName: "way"))
    var ssh: SSHChoice?

    @Option(
        name: .customLong("ssh-key"),
        help: .init(
            "The key of your ssh-agent: its comment or fingerprint. [environment: OPENCODE_DOCKER_SSH_KEY]",
            valueName: "key"))
    var sshKey: String?

    @Option(
        help: .init(
            "A provider whose credentials are provided to OpenCode (`opencode auth list`). May be repeated. [environment: OPENCODE_DOCKER_PROVIDER]",
            valueName: "name"))
    var provider: [String] = []

    @Option(
        name: .customLong("env"),
        help: .init(
            "An additional environment variable: NAME, or NAME=VALUE; for the user's process alone. [environment: OPENCODE_DOCKER_ENV]",
            valueName: "name"))
    var variables: [String] = []

    func validate() throws {
        if none && (ssh == .agent || ssh == .key || !provider.isEmpty) {
            throw ValidationError("--no-credentials excludes --ssh and --provider.")
        }
        if sshKey != nil && ssh != .agent { throw ValidationError("--ssh-key needs --ssh agent.") }
    }
}

/// The values of `--ssh`.
enum SSHChoice: String, ExpressibleByArgument, CaseIterable {
    case key, agent, none
}

/// The engine and the image of the container.
struct StartOptions: ParsableArguments {
    @Option(
        help: .init(
            "The engine: docker, podman or embedded; auto takes the first available one. [environment: OPENCODE_DOCKER_ENGINE]",
            valueName: "engine"))
    var engine: EngineOption?

    @Flag(help: "Use the image without the agent. [environment: OPENCODE_DOCKER_BASE=1]")
    var base = false

    @Option(
        help: .init(
            "The image's platform, emulated if needed: linux/amd64 or linux/arm64. [environment: OPENCODE_DOCKER_PLATFORM]",
            valueName: "platform"))
    var platform: String?

    @Option(
        name: .customLong("user-image"),
        help: .init(
            """
            A custom image, built FROM this one: a name that the engine knows, oci:DIR[:TAG], docker-archive:FILE, oci-archive:FILE, \
            docker-daemon:NAME or containers-storage:NAME. [environment: OPENCODE_DOCKER_USER_IMAGE]
            """,
            valueName: "image"))
    var userImage: String?

    @Option(
        name: .customLong("image-dir"),
        help: .init(
            "The directory with hardening.yaml; by default never in the project. [environment: OPENCODE_DOCKER_IMAGE_DIR]",
            valueName: "dir"), completion: .directory)
    var imageDirectory: String?

    @Flag(
        help: """
            Do not tell the agent about its container: directories, limits, what lasts. \
            [environment: OPENCODE_DOCKER_NO_AGENT_NOTES=1]
            """)
    var noAgentNotes = false

    @Flag(
        name: .customLong("dry-run"),
        help: "Print the engine's command line without starting it. [environment: OPENCODE_DOCKER_DRY_RUN=1]")
    var isDry = false

    @Option(
        help: .init(
            "The format of --dry-run: text (the engine's command line) or json (the whole plan: directories, files, mounts). [environment: OPENCODE_DOCKER_FORMAT]",
            valueName: "format"))
    var format = OutputFormat.text

    @Flag(name: .shortAndLong, help: "Print only warnings. [environment: OPENCODE_DOCKER_QUIET=1]")
    var quiet = false
}

/// All options of a start.
struct LaunchOptions: ParsableArguments {
    @OptionGroup(title: "Project") var workspace: WorkspaceOptions
    @OptionGroup(title: "Limits") var hold: HoldOptions
    @OptionGroup(title: "Limits") var network: NetworkOptions
    @OptionGroup(title: "Credentials") var credentials: CredentialOptions
    @OptionGroup(title: "Start") var start: StartOptions
    @OptionGroup(title: "Trust") var trust: TrustOptions
    @OptionGroup(title: "Registries") var registries: RegistryOptions

    func validate() throws {
        // Without the list, an open network would be a surprise; no network at all is none.
        if !network.allowed.isEmpty, hold.network != .allow, hold.network != NetworkChoice.none {
            throw ValidationError("--allow needs --network allow.")
        }
    }
}
