// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Engine
import Glibc
import ImageDefinition
import Run
import SystemPackage

/// Makes the plan of a start from the request and from everything that was read for it.
struct LaunchPlanner {
    let agent: CodingAgent
    let request: LaunchRequest
    let engine: EngineKind
    let caller: Caller
    let workspace: GuardedWorkspace
    let credentials: Credentials
    let definition: ImageDefinition
    let image: LocalImage
    /// The profile before the changes of the request.
    let profile: HardeningProfile
    /// The copy of the file that the agent's variable names, read once; `nil` without one.
    private let agentConfiguration: MountedFile?
    /// Whether the caller or the project decides about the agent's use of directories outside of the project.
    let decidesPermissions: Bool
    /// The terminal; `nil` for a caller without one.
    private let terminal: TerminalDescription?
    /// The variables for signatures by the forwarded key, if that is the signing key.
    private let signingVariables: [String]?

    init(
        agent: CodingAgent, request: LaunchRequest, engine: EngineKind, caller: Caller, workspace: GuardedWorkspace,
        credentials: Credentials, definition: ImageDefinition, image: LocalImage, profile: HardeningProfile
    ) {
        (self.agent, self.request, self.engine, self.caller) = (agent, request, engine, caller)
        (self.workspace, self.credentials, self.definition) = (workspace, credentials, definition)
        (self.image, self.profile) = (image, profile)
        agentConfiguration = Self.configuration(of: agent, caller, workspace)
        signingVariables = Self.signingVariables(caller, workspace, credentials)
        terminal = TerminalDescription(caller.variables, home: caller.home) {
            CallerFile.bytes($0, in: workspace.writtenTrees, limit: $1)
        }
        decidesPermissions =
            request.tellsAgent && workspace.directories.mounts.count > 1
            && Self.decidesPermissions(agent, request, caller, workspace)
    }

    /// The plan.
    ///
    /// - Throws: `RunError.unusable` for a variable of the caller's that is not set, `LaunchError`.
    func plan() throws -> LaunchPlan {
        let project = workspace.directories.project
        var plan = LaunchPlan(
            engine: engine, image: image.tag,
            name: project.containerName(launcher: getpid()), command: command,
            workspace: workspace.directories.target, host: host, environment: environment,
            user: user(of: project.directory),
            profile: request.hardening.changes.bounded(processors: processors).applied(to: profile),
            terminal: request.hasTerminal, labels: Self.labels(project))
        plan.access = try request.network?.access()
        plan.environment += plan.access?.environment ?? []
        plan.subdirectory = request.workspace.subdirectory
        plan.userEnvironment = try userEnvironment()
        plan.host.copies = configurationCopies
        plan.host.files = files(for: plan)
        plan.host.programs = [plan.access?.mount].compactMap(\.self)
        return plan
    }

    private var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private var command: [String]? {
        guard let options = request.agentOptions else { return request.command }
        return image.lacksAgent && options.isEmpty ? nil : AgentCommand.words(options)
    }

    /// What the caller has set up and the container does not do, one sentence each.
    var losses: [String] {
        let agent = request.agentOptions == [] && image.lacksAgent ? AgentCommand.lack : nil
        let signing = signingVariables == nil ? workspace.signing.warning : nil
        let variable = self.agent.configurationVariable
        let configuration = agentConfiguration == nil ? caller.variable(variable) : nil
        let unread = configuration.map { "\(variable) names '\($0)', which cannot be read, or is too large" }
        return [
            agent, signing, unread, permissionRemark, terminal?.remark,
            request.hardening.changes.remark(processors: processors),
        ]
        .compactMap(\.self)
    }

    private var host: HostPlan {
        HostPlan(
            trees: workspace.guarding.trees.map(\.source),
            homes: workspace.state.mounts(home: definition.user.home))
    }

    private static func labels(_ project: Project) -> [String: String] {
        ["opencode-docker.project": project.id, "opencode-docker.directory": project.directory.text]
    }

    private func user(of directory: MountableDirectory) -> ContainerUser {
        ContainerUser(
            caller: (getuid(), getgid()), owner: (directory.ownerID, caller.group(ofOwner: directory)),
            image: (definition.user.uid, definition.user.gid), project: directory.path)
    }

    /// The variables that the command line names.
    private func userEnvironment() throws -> [String] {
        try request.credentials.variables.map { text in
            let given = VariableAssignment(text)
            guard let value = given.value ?? caller.variables[text] else {
                throw RunError.unusable(option: "--env", value: text, expected: "it is not set")
            }
            // Bytes that are not UTF-8 were replaced when the value was read.
            guard !value.unicodeScalars.contains("\u{FFFD}") else {
                throw RunError.unusable(option: "--env", value: given.name, expected: "its value is not UTF-8")
            }
            return "\(given.name)=\(value)"
        }
    }

    private var environment: [String] {
        CallerVariables.allowed(caller.variables, terminal: terminal?.type, timeZone: caller.timeZone)
            + agent.environment + (signingVariables ?? [])
            + (agentConfiguration.map { ["\(agent.configurationVariable)=\($0.mount.target)"] } ?? [])
    }

    private static func signingVariables(
        _ caller: Caller, _ workspace: GuardedWorkspace, _ credentials: Credentials
    ) -> [String]? {
        workspace.signing.variables(
            signingWith: caller.publicKey(of: credentials.ssh, in: workspace.writtenTrees), home: caller.home
        ) {
            CallerFile.bytes($0, in: workspace.writtenTrees, limit: 1 << 14)
        }
    }

    /// The caller's configuration of the agent, and the skills and agents that it reads elsewhere, as far as they exist.
    private var configurationCopies: [DirectoryCopy] {
        let home = workspace.state.home
        let own = DirectoryCopy(
            source: caller.configurationDirectory.appending(agent.directory),
            target: home.appending(".config").appending(agent.directory))
        let shared = agent.sharedDirectories.map {
            DirectoryCopy(source: caller.home.pushing($0), target: home.pushing($0))
        }
        return ([own] + shared).filter { Files.exists($0.source) }
    }
}

extension LaunchPlanner {
    /// The files that the container reads beside trees and credentials: git's configuration, the machine's Debian
    /// mirrors, a user database.
    private func files(for plan: LaunchPlan) -> [MountedFile] {
        var git = GitSettings(
            at: GitSettingsPlace(labels: image.execution.labels),
            safeDirectories: plan.host.trees.map(\.target.string),
            identity: GitIdentity(listing: workspace.gitListing), tokens: credentials.tokens.map { $0.forge.place() })
        git.caller = CallerGitSettings(listing: workspace.gitListing)
        let ignored = ignoredFiles
        git.excludesFile = ignored?.mount.target
        let state = workspace.state
        let settings = MountedFile(state.gitConfiguration, text: git.text, target: git.place.target)
        let single = [settings, ignored, agentConfiguration, description].compactMap(\.self)
        return single + networkFiles(for: plan) + mirrors(for: plan) + userDatabase(for: plan) + noteFiles(for: plan)
    }

    /// The description of the caller's terminal, when the image has none.
    private var description: MountedFile? {
        guard let terminal, let entry = terminal.entry else { return nil }
        return MountedFile(workspace.state.path.appending("terminfo"), content: entry, target: terminal.target)
    }

    /// The patterns of the files that the caller's git ignores everywhere, and of files that exist for the run only; `nil`
    /// without any.
    private var ignoredFiles: MountedFile? {
        let own = caller.excludesFile(listing: workspace.gitListing).flatMap {
            CallerFile.bytes($0, in: workspace.writtenTrees, limit: 1 << 19)
        }
        let text = String(decoding: own ?? [], as: UTF8.self)
        let patterns = workspace.guarding.ignoredPatterns.map { "\n\($0)" }.joined()
        guard !text.isEmpty || !patterns.isEmpty else { return nil }
        return MountedFile(
            workspace.state.path.appending("gitignore"), text: text + patterns, target: "/run/opencode-gitignore")
    }

    private static func configuration(
        of agent: CodingAgent, _ caller: Caller, _ workspace: GuardedWorkspace
    ) -> MountedFile? {
        guard let file = caller.variable(agent.configurationVariable),
            let bytes = CallerFile.bytes(FilePath(file), in: workspace.writtenTrees, limit: 1 << 19)
        else { return nil }
        return MountedFile(
            workspace.state.path.appending("opencode.json"), text: String(decoding: bytes, as: UTF8.self),
            target: "/run/opencode-config.json")
    }

    /// The image's apt sources name the snapshot of the lock; the machine's mirrors are nearer, and reachable.
    private func mirrors(for plan: LaunchPlan) -> [MountedFile] {
        guard plan.profile.sudo, plan.network != .none,
            let sources = caller.aptSources(codename: definition.codename), reaches(sources, from: plan)
        else { return [] }
        return [
            MountedFile(
                "debian.sources", in: workspace.state.aptSources, text: sources.text,
                target: "/etc/apt/sources.list.d")
        ]
    }

    /// A user database with the caller's UID and GID, for a container without root.
    private func userDatabase(for plan: LaunchPlan) -> [MountedFile] {
        let (user, image) = (plan.user, definition.user)
        guard plan.profile.capabilities.isEmpty, user.userID != image.uid || user.groupID != image.gid
        else { return [] }
        let database = UserDatabase(name: image.name, user: user, home: image.home, shell: image.shell)
        return [("passwd", database.passwd), ("group", database.group)].map { name, text in
            MountedFile(workspace.state.path.appending(name), text: text, target: "/etc/\(name)")
        }
    }
}
