// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Run
import Synchronization
import SystemPackage

/// The effects of a start on the host: it locks the project, creates what the plan needs, and removes it at the end.
struct LaunchEffects: Sendable {
    let preparation: Preparation
    /// The mounts of the container, those of the trees first.
    let mounts: [BindMount]
    /// Whether the trees are assembled from handles, or mounted by path.
    var isStaged: Bool { staged != nil }

    /// The mount check that runs first in the container when the trees are mounted by path.
    let check: MountCheck?
    private let abandonment = Abandonment()
    private let record: GuardRecord
    private let told = ToldSentences()
    private let watch: GuardWatch
    private let locks: [FileIdentity: ProjectLock]
    private let stateLock: StateLock
    private let stage: StageDirectory?
    private let staged: StagedTrees?

    /// Carries out the plan.
    ///
    /// - Throws: `RunError`, `FileError`; everything created is removed then.
    init(_ preparation: Preparation, console: LaunchConsole) throws {
        self.preparation = preparation
        let guarding = preparation.guarding
        try Self.continueFormer(preparation, console)
        try Self.confirm(guarding.outside, preparation, console)
        SignalPassing.hold()
        try Self.prepareState(preparation, console)
        let identities = preparation.identities
        Self.warnOfUnguarded(preparation, identities, console)
        locks = try Self.lock(identities, preparation)
        Self.separateLinks(preparation, locks, console)
        stateLock = try StateLock(preparation.state, marksUse: true)
        do {
            try Self.writeFiles(preparation, console)
            (stage, staged) = try Self.assemble(guarding.trees, preparation)
            check = try staged == nil ? MountCheck(guarding.trees, kernel: LauncherMark.own().boot) : nil
        } catch {
            Self.removeGuard(preparation, locks)
            throw error
        }
        record = GuardRecord(guarding)
        watch = Self.watch(guarding, record, told, console)
        mounts = (staged?.mounts ?? guarding.mounts) + preparation.plan.host.otherMounts
    }

    /// Removes the assembled trees from the host, once the engine has mounted them or failed.
    func release() { staged?.remove() }

    /// The failures of the guard, one sentence each. Sentences that were already printed are repeated only on a
    /// terminal, where the program in the container has overwritten them.
    func lostGuards() -> [String] {
        watch.stop()
        // The container has ended, so it cannot replace a restored file again.
        let found = record.restore() + record.findings()
        let known = told.all
        return (preparation.plan.terminal ? known : []) + found.filter { !known.contains($0) }
    }

    /// Leaves the guard to the next run, as a killed launcher does: the container may still use it.
    func abandon() { abandonment.happened.store(true, ordering: .relaxed) }

    /// Whether the guard stays.
    var isAbandoned: Bool { abandonment.happened.load(ordering: .relaxed) }

    /// Removes everything created; a repository's guard only with the last container that uses it.
    func end() {
        watch.stop()
        staged?.remove()
        stage?.remove()
        guard !isAbandoned else { return }
        Self.removeGuard(preparation, locks)
    }

    /// The last container of a repository may be one of a killed launcher, which holds no lock.
    private static func removeGuard(_ preparation: Preparation, _ locks: [FileIdentity: ProjectLock]) {
        let killed = KilledContainers(preparation.caller).current
        preparation.guarding.removePlaceholders { !killed.mayHold($0) && locks[$0]?.isLast() ?? ProjectLock.isFree($0) }
        for lock in locks.values { lock.remove() }
    }

    /// The directories whose guard the container needs, and the project.
    var repositories: Set<FileIdentity> { Set(locks.keys) }

    /// Lock descriptors to pass to a child that outlives this process, such as an engine's client: the container still
    /// runs then.
    var lockDescriptors: [Int32] { locks.values.map(\.descriptor) }

    private static func lock(
        _ identities: Set<FileIdentity>, _ preparation: Preparation
    ) throws -> [FileIdentity: ProjectLock] {
        var locks: [FileIdentity: ProjectLock] = [:]
        for identity in identities {
            locks[identity] = try ProjectLock(identity, owner: preparation.project.directory.ownerID)
        }
        return locks
    }

    /// Warns of a launcher that uses the project and not one of its repositories, which it then does not guard.
    private static func warnOfUnguarded(
        _ preparation: Preparation, _ identities: Set<FileIdentity>, _ console: LaunchConsole
    ) {
        guard !ProjectLock.isFree(preparation.project.directory.identity) else { return }
        let free = identities.filter { ProjectLock.isFree($0) }
        guard !free.isEmpty else { return }
        let unguarded = preparation.guarding.repositories.first { repository in
            RealPath.identity(repository).map(free.contains) ?? false
        }
        guard let unguarded else { return }
        console.warn(
            "Another run in this project does not guard '\(unguarded)', because it began earlier or with --allow-git-config: "
                + "its container can change the configuration and hooks there")
    }

    private static func separateLinks(
        _ preparation: Preparation, _ locks: [FileIdentity: ProjectLock], _ console: LaunchConsole
    ) {
        lazy var killed = KilledContainers(preparation.caller).current
        let links = preparation.guarding.separateLinks(holding: locks, where: { !killed.mayHold($0) })
        for place in links.kept {
            console.warn("'\(place)' has a hard link, through which the container can change it")
        }
        guard links.separated > 0 else { return }
        console.say("Replaced guarded files with hard links by copies: \(links.separated)")
    }

    /// A directory that was renamed has the sessions of its former path, if the caller says so.
    private static func continueFormer(_ preparation: Preparation, _ console: LaunchConsole) throws {
        let list = ProjectList(root: preparation.caller.projectsDirectory)
        guard let former = list.former(of: preparation.project) else { return }
        let question = """
            This directory was '\(former.directory.sanitized)' before.
            Continue with its sessions, shell history and caches?
            """
        if former.isSame, console.confirms(question), let known = try list.find(former.id).first {
            _ = try list.move(known, to: preparation.project)
            return
        }
        let relation =
            former.isSame ? "was '\(former.directory)' before" : "has the name of '\(former.directory)', which is gone"
        console.say(
            "This directory \(relation): `opencode-docker projects move \(former.id)` continues with its sessions.")
    }

    /// A container could have written the pointer to the repository, so the caller must confirm the mount.
    private static func confirm(_ repository: OutsideRepository?, _ preparation: Preparation, _ console: LaunchConsole)
        throws
    {
        guard let repository else { return }
        guard repository.isNew else { return console.say("Mounted as well: the repository '\(repository.path)'") }
        let project = preparation.project.directory.path
        let question = """
            '\(project.string.sanitized)' is a work tree of the repository '\(repository.path.string.sanitized)'.
            Mount it as well? The agent can then write its history and branches, not its configuration.
            """
        guard console.confirms(question) else {
            throw RunError.outsideRepository(project, repository.path, "it was not confirmed")
        }
        try Files.makeDirectories(preparation.state.path)
        try KnownRepositories(preparation.state).add(repository)
    }

    private static func prepareState(_ preparation: Preparation, _ console: LaunchConsole) throws {
        try WrittenDirectories(preparation.caller.stateDirectory).add(
            preparation.written + preparation.guarding.trees.map(\.tree.path))
        let remarks = try preparation.state.prepare(
            for: preparation.project, userID: preparation.plan.user.userID, groupID: preparation.plan.user.groupID)
        remarks.forEach(console.warn)
        preparation.removeStaleLocks()
    }

    private static func writeFiles(_ preparation: Preparation, _ console: LaunchConsole) throws {
        try copy(preparation).forEach(console.warn)
        for file in preparation.plan.host.files { try file.write() }
        try preparation.guarding.makePlaceholders()
    }

    /// Watches the guard; ends the launcher, and so its container, when a configuration had to be restored repeatedly.
    private static func watch(
        _ guarding: GitGuard, _ record: GuardRecord, _ told: ToldSentences, _ console: LaunchConsole
    ) -> GuardWatch {
        GuardWatch(guarding, record: record) {
            told.add($0)
            console.warn($0)
        } end: {
            console.warn("The container is stopped.")
            kill(getpid(), SIGTERM)
        }
    }

    private static func copy(_ preparation: Preparation) throws -> [String] {
        let written = preparation.workspace.writtenTrees.adding(preparation.guarding.trees.map(\.tree.path))
        return try AgentFiles.copyConfiguration(
            preparation.plan.host.copies, to: preparation.state, owner: preparation.plan.user, written: written)
    }

    /// Assembles the trees if the caller may mount and the engine uses the caller's mount namespace.
    private static func assemble(
        _ trees: [GuardedTree], _ preparation: Preparation
    ) throws -> (StageDirectory?, StagedTrees?) {
        guard !preparation.workspace.mountsByPath else { return (nil, nil) }
        let stage = try StageDirectory()
        do { return (stage, try StagedTrees(trees, in: stage.trees)) } catch {
            stage.remove()
            throw error
        }
    }
}

/// The sentences about the guard that were printed while the container ran.
private final class ToldSentences: Sendable {
    private let sentences = Mutex<[String]>([])

    var all: [String] { sentences.withLock(\.self) }

    func add(_ sentence: String) { sentences.withLock { $0.append(sentence) } }
}

extension Preparation {
    /// A start without a guard removes the locks that a killed launcher left; a guarded start reuses them.
    fileprivate func removeStaleLocks() {
        guard request.workspace.allowsGitConfiguration || guarding.trees.contains(where: \.isReadOnly) else { return }
        let trees = guarding.trees.map { GuardedTree($0.tree, target: $0.target) }
        (try? GitGuard(trees, rules: workspace.rules))?.removePlaceholders(
            where: KilledContainers(caller).current.isUnused)
    }
}

/// Whether the guard of a run is left to the next one.
private final class Abandonment: Sendable {
    let happened = Atomic(false)
}
