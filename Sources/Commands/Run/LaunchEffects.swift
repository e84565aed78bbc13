// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Run
import SystemPackage

/// What a start does on the host: it holds the project, makes what the plan needs, and takes it away at the end.
struct LaunchEffects: Sendable {
    let preparation: Preparation
    /// The mounts of the container, those of the trees first.
    let mounts: [BindMount]
    /// Whether the trees are assembled from handles, or mounted by their paths.
    var isStaged: Bool { staged != nil }

    /// What the container compares first, where the trees are mounted by their paths.
    let check: MountCheck?
    private let record: GuardRecord
    private let watch: GuardWatch?
    private let locks: [FileIdentity: ProjectLock]
    private let stateLock: StateLock
    private let stage: StageDirectory?
    private let staged: StagedTrees?

    /// Carries out the plan.
    ///
    /// - Throws: `RunError`, `FileError`; then nothing that was made stays.
    init(_ preparation: Preparation, console: LaunchConsole) throws {
        self.preparation = preparation
        let guarding = preparation.guarding
        try Self.confirm(guarding.outside, preparation, console)
        let movedAside = try preparation.state.prepare(
            for: preparation.directories.project, userID: preparation.plan.user.userID,
            groupID: preparation.plan.user.groupID)
        for path in movedAside { console.warn("'\(path)' is not the container user's, moved aside") }
        preparation.removeStaleLocks()
        locks = try Self.lock(preparation)
        Self.separateLinks(preparation, locks, console)
        stateLock = try StateLock(preparation.state, marksUse: true)
        do {
            for path in try Self.copy(preparation) { console.warn("'\(path)' was in the way, moved aside") }
            for file in preparation.plan.host.files { try file.write() }
            try guarding.makePlaceholders()
            (stage, staged) = try Self.assemble(guarding.trees, preparation)
            check = try staged == nil ? MountCheck(guarding.trees, kernel: LauncherMark.own().boot) : nil
        } catch {
            Self.removeGuard(preparation, locks)
            throw error
        }
        record = GuardRecord(guarding)
        watch = GuardWatch(guarding, record: record) {
            console.warn($0)
        } end: {
            console.warn("The container is ended.")
            kill(getpid(), SIGTERM)
        }
        mounts = (staged?.mounts ?? guarding.mounts) + preparation.plan.host.otherMounts
    }

    /// The engine has mounted the trees, or never will: on the host they are not needed any more.
    func release() { staged?.remove() }

    /// What of the guard did not last until now, a sentence each.
    func lostGuards() -> [String] {
        watch?.stop()
        // With the container gone, what is put back stays.
        return record.restore() + record.findings()
    }

    /// Takes away what was made; a repository's guard only with the last container that has it.
    func end() {
        watch?.stop()
        staged?.remove()
        stage?.remove()
        Self.removeGuard(preparation, locks)
    }

    /// The last container of a repository may be one whose launcher was killed: it holds no lock.
    private static func removeGuard(_ preparation: Preparation, _ locks: [FileIdentity: ProjectLock]) {
        let killed = KilledContainers(preparation.environment).current
        preparation.guarding.removePlaceholders { !killed.mayHold($0) && locks[$0]?.isLast() ?? false }
        for lock in locks.values { lock.remove() }
    }

    /// The directories whose guard the container needs, and the project.
    var repositories: Set<FileIdentity> { Set(locks.keys) }

    /// What a child holds that outlives this process, such as an engine's client: the container still runs then.
    var lockDescriptors: [Int32] { locks.values.map(\.descriptor) }

    private static func lock(_ preparation: Preparation) throws -> [FileIdentity: ProjectLock] {
        var locks: [FileIdentity: ProjectLock] = [:]
        for identity in preparation.identities {
            locks[identity] = try ProjectLock(identity, owner: preparation.directories.project.directory.ownerID)
        }
        return locks
    }

    private static func separateLinks(
        _ preparation: Preparation, _ locks: [FileIdentity: ProjectLock], _ console: LaunchConsole
    ) {
        lazy var killed = KilledContainers(preparation.environment).current
        let links = preparation.guarding.separateLinks(holding: locks, where: { !killed.mayHold($0) })
        for place in links.kept {
            console.warn("'\(place)' has another name (a hard link), by which the container can change it")
        }
        guard links.separated > 0 else { return }
        console.say("Guarded files that had another name (hard links) are copies of their own now: \(links.separated)")
    }

    /// A container could have written the pointer that leads to it, so the caller says whether it is mounted.
    private static func confirm(_ repository: OutsideRepository?, _ preparation: Preparation, _ console: LaunchConsole)
        throws
    {
        guard let repository else { return }
        guard repository.isNew else { return console.say("Mounted as well: the repository '\(repository.path)'") }
        let project = preparation.directories.project.directory.path
        let refusal = RunError.outsideRepository(project, repository.path, "nobody has agreed to it yet")
        guard isatty(STDIN_FILENO) == 1 else { throw refusal }
        StandardError.write(
            "'\(project.string.sanitized)' is a work tree of the repository '\(repository.path.string.sanitized)'.\n"
                + "Mount that as well? The agent can then write its history and branches, not its configuration. [y/N] "
        )
        guard ["y", "yes"].contains(readLine()?.lowercased()) else {
            StandardError.write("\n")
            throw refusal
        }
        try Files.makeDirectories(preparation.state.path)
        try KnownRepositories(preparation.state).add(repository)
    }

    private static func copy(_ preparation: Preparation) throws -> [FilePath] {
        try preparation.plan.host.copies.flatMap {
            try AgentFiles.copyConfiguration($0, owner: preparation.plan.user)
        }
    }

    /// Assembles the trees where the caller may mount and the engine sees what the caller mounts.
    private static func assemble(
        _ trees: [GuardedTree], _ preparation: Preparation
    ) throws -> (StageDirectory?, StagedTrees?) {
        guard !preparation.mountsByPath else { return (nil, nil) }
        let stage = try StageDirectory()
        do { return (stage, try StagedTrees(trees, in: stage.trees)) } catch {
            stage.remove()
            throw error
        }
    }
}

extension Preparation {
    /// A start that guards nothing takes away what a killed launcher left of a guard; every other one takes it over.
    fileprivate func removeStaleLocks() {
        guard options.workspace.allowGitConfiguration || guarding.trees.contains(where: \.isReadOnly) else { return }
        let rules = environment.repositoryRules(state)
        let trees = guarding.trees.map { GuardedTree($0.tree, target: $0.target) }
        (try? GitGuard(trees, rules: rules))?.removePlaceholders(where: KilledContainers(environment).current.isUnused)
    }

    /// The directories whose guard the container needs, and the project.
    var identities: Set<FileIdentity> { guarding.identities.union([directories.project.directory.identity]) }
}

extension CommandEnvironment {
    /// Whether `engine` gets paths, and not trees that are assembled from handles.
    func mountsByPath(_ engine: EngineKind) -> Bool { !StagedTrees.isPossible() || !sharesMountNamespace(engine) }

    /// Whether the engine looks up mounts in the mount namespace of this process: it is a child, or a daemon beside it.
    private func sharesMountNamespace(_ engine: EngineKind) -> Bool {
        guard engine == .docker else { return true }
        let address = EngineAddress(.docker, environment: engineEnvironment)
        guard let socket = address.socket, let daemon = UnixSocket.peer(of: FilePath(socket)) else { return false }
        let own = try? Files.target(of: "/proc/self/ns/mnt")
        return own != nil && own == (try? Files.target(of: FilePath("/proc/\(daemon)/ns/mnt")))
    }
}
