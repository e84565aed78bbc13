// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import ImageDefinition
import OCI
import Run
import SystemPackage

/// Everything that is decided before a start, without side effects: the plan, and the open handles of its directories.
struct Preparation: Sendable {
    let environment: CommandEnvironment
    let options: LaunchOptions
    let directories: WorkspaceDirectories
    let guarding: GitGuard
    let credentials: Credentials
    let state: StateDirectory
    let image: LocalImage
    let definition: ImageDefinition
    private(set) var plan: LaunchPlan
    let weakenings: [String]
    /// Whether the engine mounts by path instead of trees assembled from handles.
    let mountsByPath: Bool
    /// The directories that containers write or have written, listed once for the start.
    let writtenTrees: WrittenTrees

    /// - Parameter published: The image to start; `nil` for the locally built one.
    init(_ launch: Launch, engine: EngineKind, image published: LocalImage?) throws {
        let (options, environment) = (launch.options, launch.environment)
        self.environment = environment
        self.options = options
        let base = try Self.profile(options, environment)
        let changes = try options.hold.changes()
        let protected = environment.protectedPaths
        directories = try Self.directories(options.workspace, protected)
        state = StateDirectory(directories.project, root: environment.projectsDirectory)
        let settings = environment.gitListing
        mountsByPath = environment.mountsByPath(engine)
        let rules = environment.repositoryRules(
            state, protected: protected, named: options.workspace.namedRepositories, settings: settings,
            mountsByPath: mountsByPath)
        guarding = try Self.guarding(options.workspace, directories, rules)
        writtenTrees = protected.written
        credentials = try Self.credentials(options.credentials, environment, writtenTrees)
        definition = try ImageDefinition.load(
            try environment.definitionDirectory(options.start.imageDirectory).appending("image.yaml"))
        image =
            try published
            ?? LocalImage(
                definition, base: options.start.base, platform: options.start.chosenPlatform(),
                store: Store(root: environment.storeDirectory))
        weakenings =
            changes.weakenings(of: base) + Self.weakenings(options)
            + (published == nil ? Self.warnings(definition.version) : [])
        plan = LaunchPlan(
            engine: engine, image: options.start.userImage ?? image.tag,
            name: directories.project.containerName(launcher: getpid()),
            command: launch.command ?? (image.isBase ? nil : [definition.agent.path]), workspace: directories.target,
            host: HostPlan(trees: guarding.trees.map(\.source), homes: state.mounts(home: definition.user.home)),
            environment: try Self.environment(options, environment),
            user: Self.user(directories.project.directory, definition.user), profile: changes.applied(to: base),
            terminal: isatty(0) == 1 && isatty(1) == 1,
            labels: Self.labels(directories.project))
        plan.host.copies = configurationCopies
        plan.host.files = containerFiles(for: GitIdentity(listing: settings))
    }

    private static func labels(_ project: Project) -> [String: String] {
        ["opencode-docker.project": project.id, "opencode-docker.directory": project.directory.text]
    }

    /// The emulation of the image's programs, if they have another architecture.
    ///
    /// - Throws: `EngineError`.
    func emulation() throws -> Emulation? {
        guard options.start.userImage == nil else { return nil }
        return try Emulation.find(for: image.built.image.platform, scratch: image.store.root.appending("run"))
    }

    private static func profile(
        _ options: LaunchOptions, _ environment: CommandEnvironment
    ) throws -> HardeningProfile {
        let directory = try environment.definitionDirectory(options.start.imageDirectory)
        let name = options.hold.profile ?? environment.variable("OPENCODE_DOCKER_PROFILE") ?? "standard"
        let profiles = try HardeningDefinition.load(directory, probes: .any).profiles
        guard let profile = profiles[name] else { throw CommandError.unknownProfile(name, profiles.keys.sorted()) }
        return profile
    }

    private static func directories(
        _ options: WorkspaceOptions, _ protected: ProtectedPaths
    ) throws -> WorkspaceDirectories {
        let directories = try WorkspaceDirectories(
            AddedDirectory(options.project ?? "."), samePath: options.samePath,
            adding: options.added.map { AddedDirectory($0) },
            protected: protected)
        try directories.checkAccess()
        return directories
    }

    private static func guarding(
        _ options: WorkspaceOptions, _ directories: WorkspaceDirectories, _ rules: RepositoryRules
    ) throws -> GitGuard {
        let trees = try directories.open()
        guard !options.allowGitConfiguration else { return GitGuard(unguarded: trees) }
        // A git command of the host that holds the configuration's lock ends soon.
        for _ in 0..<20 {
            let result: Result<GitGuard, any Error> = Result { try GitGuard(trees, rules: rules) }
            guard case .failure(RunError.repositoryLocked) = result else { return try result.get() }
            usleep(100_000)
        }
        return try GitGuard(trees, rules: rules)
    }

    private static func credentials(
        _ options: CredentialOptions, _ environment: CommandEnvironment, _ trees: WrittenTrees
    ) throws -> Credentials {
        guard !options.none else { return Credentials() }
        let key = environment.dedicatedKey
        let isThere = try environment.file(key, outside: trees).map(Files.exists) ?? false
        let isWanted = options.ssh == .key || (options.ssh == nil && isThere)
        var found = Credentials.found(environment: environment.variables, dedicatedKey: isWanted ? key : nil)
        if options.ssh == .agent {
            let socket = environment.variable("SSH_AUTH_SOCK")
            found.ssh = .personal(try UserAgent(socket: socket, choice: options.sshKey))
        }
        return found
    }

    private static func user(_ directory: MountableDirectory, _ image: UserDefinition) -> ContainerUser {
        ContainerUser(
            caller: (getuid(), getgid()), owner: (directory.ownerID, directory.groupID), image: (image.uid, image.gid))
    }

    private static func environment(_ options: LaunchOptions, _ environment: CommandEnvironment) throws -> [String] {
        let named = try options.credentials.variables.map { text in
            if text.contains("=") && !text.hasPrefix("=") { return text }
            guard let value = environment.variables[text] else {
                throw RunError.unusable(option: "--env", value: text, expected: "it is not set")
            }
            return "\(text)=\(value)"
        }
        return CallerVariables.allowed(environment.variables, timeZone: environment.timeZone)
            + ["OPENCODE_DISABLE_AUTOUPDATE=1"] + named
    }

    private static func warnings(_ version: String) -> [String] {
        SupportedVersions.warning(version, program: ProgramVersion.semantic).map { [$0] } ?? []
    }

    private static func weakenings(_ options: LaunchOptions) -> [String] {
        let git = "the container can change git hooks and git configuration (--allow-git-config)"
        let image = options.start.userImage.map { "the image '\($0)' is custom and not verified (--user-image)" }
        return (options.workspace.allowGitConfiguration ? [git] : []) + [image].compactMap { $0 }
    }
}

extension WorkspaceOptions {
    /// The repositories that the options name: each one's directory, or the work tree that it is in.
    fileprivate var namedRepositories: [FileIdentity] {
        repositories.flatMap { [FilePath($0), FilePath($0).appending(".git")] }.compactMap { RealPath.identity($0) }
    }
}
