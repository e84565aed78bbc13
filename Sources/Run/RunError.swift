// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// An error of a start, or of a command around it.
package enum RunError: Error, Hashable {
    /// The path does not exist, or cannot be accessed.
    case unreachable(FilePath, Errno)
    /// The path is not a directory.
    case notDirectory(FilePath, String)
    /// A directory that is never mounted: the requested path, its real path, and the reason.
    case protected(asked: FilePath, real: FilePath, why: String)
    /// A directory is not mounted because a link of the caller gives a path in it a protected name: the directory, the
    /// path, and the name.
    case protectedWithin(FilePath, place: FilePath, name: FilePath)
    /// A directory is not mounted because a variable of the environment names a path in it, which can hold credentials.
    case variableWithin(FilePath, place: FilePath, variable: String)
    /// Links resolve a file of the caller into a project, so a container can have created it: its name and its path.
    case fileInProject(FilePath, FilePath)
    /// A directory is inaccessible to a user: its owner, who may be that user, and the user.
    case closedDirectory(FilePath, owner: UInt32, user: UInt32)
    /// A part of a repository that belongs to another user, who closed it: its owner, and the caller.
    case closedRepository(FilePath, owner: UInt32, user: UInt32)
    /// A file that the caller's git reads, but whose reading does not end; `nil` when it is not known.
    case stuckGit(FilePath?)
    /// A path that an engine cannot represent.
    case oddName(FilePath, String)
    /// Two directories with the same mount point.
    case sameTarget(String, FilePath, FilePath)
    /// A directory that contains another mounted one, or is inside of it.
    case overlapping(FilePath, FilePath)
    /// A path of a repository that cannot be guarded, and the reason.
    case unguardable(FilePath, String)
    /// A repository outside of the project that is not mounted: the project, the repository, and the reason.
    case outsideRepository(FilePath, FilePath, String)
    /// The file `.git` of the project names a directory that is no repository, for the reason given.
    case danglingPointer(FilePath, FilePath, String)
    /// A git configuration that another program has locked.
    case repositoryLocked(FilePath)
    /// A configuration that git cannot read.
    case brokenConfiguration(FilePath)
    /// A directory that is not in a repository.
    case notRepository(FilePath)
    /// The machine has no directory for the locks of all users.
    case noLockDirectory([FilePath])
    /// The project's lock has the wrong kind or owner, or is not released; its owner.
    case foreignLock(FilePath, owner: UInt32?)
    /// A link in another project on the way to a directory, whose target that project's container may choose.
    case linkOfContainer(FilePath)
    /// A path that was replaced between check and use.
    case changedMeanwhile(FilePath)
    /// An invalid value of an option.
    case unusable(option: String, value: String, expected: String)
    /// No directory in memory for data that must not be written to disk.
    case noMemoryDirectory([FilePath])
    /// A directory of this program that belongs to another user.
    case foreignDirectory(FilePath)
    /// The user's ssh-agent is unusable.
    case agentUnusable(String)
    /// The choice matches no key of the agent, or several.
    case keyChoice(String, known: [String])
    /// A program failed.
    case toolFailed(String, Int32)
    /// The key file exists already.
    case keyExists(FilePath)
    /// The key does not exist.
    case keyMissing(FilePath)
    /// No project of that name has stored state.
    case unknownProject(String, known: [String])
    /// The project's state is in use.
    case projectInUse(String)
    /// The project's directory still exists, so its state belongs to it.
    case projectStays(String)
    /// A project's state that could not be removed completely: the project, the state, and the first remaining file.
    case stateRemains(String, state: FilePath, ContainerTree.Remainder)
    /// A provider without credentials of the user.
    case unknownProvider(String, known: [String])
}

extension RunError: UserFacingError {
    package var sentence: String {
        switch self {
        case .unreachable(let path, let errno): "There is no directory '\(path)' to mount: \(errno)."
        case .notDirectory(let path, let kind): "'\(path)' is not mounted: it is \(kind), not a directory."
        case .closedDirectory(let path, let owner, let user), .closedRepository(let path, let owner, let user):
            Self.closed(path, owner, to: user)
        case .stuckGit(let file): Self.stuck(file).sentence
        case .protected(let asked, let real, let why): Self.notMounted(asked, real, why)
        case .protectedWithin(let path, let place, let name): Self.within(path, place, name)
        case .variableWithin(let path, let place, let variable): Self.named(path, place, variable)
        case .fileInProject(let file, let place): Self.inProject(file, place)
        case .oddName(let path, let why): "'\(path)' is not mounted: \(why)."
        case .sameTarget(let target, let first, let second): Self.mountedTwice(target, first, second)
        case .overlapping(let path, let other):
            "'\(path)' and '\(other)' overlap, so a file guarded in one would be writable through the other."
        case .unguardable(let path, let why): "'\(path)' cannot be guarded: \(why)."
        case .brokenConfiguration(let path): "What was made of '\(path)' cannot be read by git, so it stays as it was."
        case .notRepository(let path): "'\(path)' is no work tree of a git repository."
        case .outsideRepository(let project, let path, let why), .danglingPointer(let project, let path, let why):
            Self.outside(project, path, why)
        case .repositoryLocked(let path): "'\(path)' is there: a git command works on the configuration, or was killed."
        case .linkOfContainer(let path):
            "'\(path)' is a symbolic link in a project that a container may have created, so it is not followed."
        case .noLockDirectory(let tried): "There is no directory for locks: not \(Self.list(tried.map(\.string)))."
        case .foreignLock(let path, let owner): Self.foreignLock(path, owner)
        case .changedMeanwhile(let path): "'\(path)' was replaced during the start."
        case .unusable(let option, let value, let expected): "'\(value)' is not valid for \(option): \(expected)."
        case .noMemoryDirectory(let tried): Self.noMemory(tried)
        case .foreignDirectory(let path): "'\(path)' is not used: it belongs or is accessible to other users."
        case .agentUnusable(let why): "Your ssh-agent cannot be used: \(why)."
        case .keyChoice(let said, let known): Self.severalKeys(said, known)
        case .toolFailed(let tool, let status): "\(tool) ended with status \(status)."
        case .keyExists(let path): "The key '\(path)' exists already."
        case .keyMissing(let path): "There is no key '\(path)'."
        case .unknownProject, .projectInUse, .projectStays, .stateRemains: stateSentence
        case .unknownProvider(let name, let known):
            "OpenCode has no credentials for the provider '\(name)' here; it has \(Self.list(known))."
        }
    }

    package var hint: String? {
        switch self {
        case .protected:
            "Name the directory of one project: with `--project DIR`, or with `--add-dir DIR` for a further one."
        case .closedDirectory(let path, let owner, let user):
            owner == user
                ? "Open it: `chmod u+rwx \(path.shellWord)`." : "Take it back: `sudo chown \(user) \(path.shellWord)`."
        case .closedRepository(let path, _, let user): Self.takeBack(path, for: user)
        case .stuckGit(let file): Self.stuck(file).hint
        case .variableWithin: "Keep that file outside of the project, and name it there."
        case .protectedWithin(_, let place, _), .fileInProject(_, let place): Self.putThere(place)
        case .oddName: "Rename the directory."
        case .brokenConfiguration: "Run it again with a valid value."
        case .notRepository: "Choose the top directory of one: `--project DIR`."
        case .sameTarget: "Omit one of them, or rename it."
        case .overlapping: "Omit one of them, or add it read-only, as DIR:ro."
        case .unguardable: "`opencode-docker projects repair` moves it aside."
        case .danglingPointer: "`opencode-docker projects repair` moves the file `.git` aside."
        case .outsideRepository(_, let path, _):
            "If intended, use `--allow-repository \(path.shellWord)`; otherwise `opencode-docker projects repair` moves the "
                + "file `.git` aside."
        case .repositoryLocked: "Wait for it; if no git command runs, remove the file."
        case .linkOfContainer: "Use its real path, as `realpath` prints it, if it is the intended one."
        case .noLockDirectory: "Create the first one as the system does: owned by root, mode 1777."
        case .foreignLock(let path, _):
            "End that user's run of the project; if there is none: `sudo rm -r \(path.shellWord)`."
        case .changedMeanwhile: "A running container of the project did that: end it, then run this again."
        case .noMemoryDirectory: "Set XDG_RUNTIME_DIR to a directory on a tmpfs."
        case .foreignDirectory: "Remove it if it belongs to you."
        case .agentUnusable:
            "`ssh-add -l` should list your keys; `opencode-docker key create` creates one for coding agents."
        case .keyChoice: "Choose one by its comment or fingerprint: `--ssh-key NAME`."
        case .keyExists: "Use it, or remove it and run this again."
        case .keyMissing: "Run `opencode-docker key create`."
        case .unknownProject, .projectInUse, .projectStays, .stateRemains: stateHint
        case .unreachable, .notDirectory, .unusable, .toolFailed, .unknownProvider: nil
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .unreachable, .notDirectory, .closedDirectory, .closedRepository, .protected, .protectedWithin,
            .variableWithin, .fileInProject, .oddName,
            .sameTarget,
            .unusable, .keyChoice,
            .unknownProject, .projectStays,
            .unknownProvider, .outsideRepository, .danglingPointer, .linkOfContainer, .overlapping, .notRepository:
            .usage
        case .repositoryLocked, .changedMeanwhile: .tryAgain
        default: .broken
        }
    }

    /// The sentence of an error of a project's state.
    private var stateSentence: String {
        switch self {
        case .unknownProject(let name, let known): "No project '\(name)' has state; there is \(Self.list(known))."
        case .projectInUse(let name): "The project '\(name)' is running."
        case .projectStays(let name): "The state of '\(name)' cannot be moved: the directory still exists."
        case .stateRemains(let name, _, let rest): Self.remains(name, rest)
        default: ""
        }
    }

    /// The hint of an error of a project's state.
    private var stateHint: String? {
        switch self {
        case .unknownProject: "`opencode-docker projects` lists the projects."
        case .projectInUse: "End it first."
        case .projectStays: "`opencode-docker projects` marks those whose directory is gone."
        case .stateRemains(_, let state, let rest):
            rest.isMountPoint
                ? "Unmount it: `umount \(rest.path.shellWord)`."
                : rest.owner == nil || rest.owner == 0
                    ? "Check why, and remove it: `sudo rm -r \(state.shellWord)`."
                    : "Rootless Podman's subordinate IDs may own it: `podman unshare rm -r \(state.shellWord)`, "
                        + "or use sudo."
        default: nil
        }
    }

    private static func mountedTwice(_ target: String, _ first: FilePath, _ second: FilePath) -> String {
        first == second
            ? "'\(first)' is mounted already, as the project or by another --add-dir."
            : "'\(first)' and '\(second)' would both be mounted at '\(target)'."
    }

    private static func within(_ path: FilePath, _ place: FilePath, _ name: FilePath) -> String {
        "'\(path)' is not mounted: '\(place)' is in it, where '\(name)' leads, which can hold credentials."
    }

    private static func named(_ path: FilePath, _ place: FilePath, _ variable: String) -> String {
        "'\(path)' is not mounted: \(variable) names '\(place)', which is in it and can hold credentials."
    }

    private static func inProject(_ file: FilePath, _ place: FilePath) -> String {
        "'\(file)' is not read: it is '\(place)', in a project, where a container may have put it."
    }

    private static func outside(_ project: FilePath, _ path: FilePath, _ why: String) -> String {
        "'\(project)' says that its repository is '\(path)', which is not mounted: \(why)."
    }

    private static func remains(_ name: String, _ rest: ContainerTree.Remainder) -> String {
        "Not all of the state of '\(name)' could be removed: '\(rest.path)' \(reason(rest))."
    }

    private static func putThere(_ place: FilePath) -> String {
        let aside = "\(place).quarantined".shellWord
        return
            "If a container put it there: `mv \(place.shellWord) \(aside)`. If you did, keep it outside of the project."
    }

    private static func closed(_ path: FilePath, _ owner: UInt32, to user: UInt32) -> String {
        owner == user
            ? "The mode of '\(path)' denies access to its own owner, UID \(user)."
            : "'\(path)' belongs to UID \(owner), and is not accessible to UID \(user)."
    }

    private static func takeBack(_ path: FilePath, for user: UInt32) -> String {
        "Take it back: `sudo chown -R \(user) \(path.shellWord)`. "
            + "Without root, `opencode-docker projects repair` moves it aside."
    }

    private static func stuck(_ file: FilePath?) -> (sentence: String, hint: String) {
        guard let file else {
            return (
                "`git config --list` does not end, so the files that it names cannot be guarded.",
                "Look which of its files does not answer: those of `git help config`, FILES."
            )
        }
        return (
            "'\(file)' is no regular file, and your git waits for it: it is part of your configuration.",
            "Remove it, after a look at what made it: `rm \(file.shellWord)`. A container can create it."
        )
    }

    private static func notMounted(_ asked: FilePath, _ real: FilePath, _ why: String) -> String {
        "'\(asked)'\(asked == real ? "" : ", which is '\(real)',") is not mounted: \(why)."
    }

    private static func severalKeys(_ said: String, _ known: [String]) -> String {
        "'\(said)' does not match exactly one key of your ssh-agent, which has \(list(known))."
    }

    private static func foreignLock(_ path: FilePath, _ owner: UInt32?) -> String {
        let user = owner.map { "UID \($0)" } ?? "another user"
        return "The lock '\(path)' cannot be used: \(user) holds it or left it."
    }

    private static func noMemory(_ tried: [FilePath]) -> String {
        "There is no directory in memory for credentials and variables: not \(tried.map { "'\($0)'" }.joined(separator: " nor "))."
    }

    private static func reason(_ rest: ContainerTree.Remainder) -> String {
        if rest.isMountPoint { return "is a mount point" }
        return rest.owner.map { "belongs to UID \($0)" } ?? "refuses it: \(rest.errno)"
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.map { "'\($0)'" }.joined(separator: ", ")
    }
}
