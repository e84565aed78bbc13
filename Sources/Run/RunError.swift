// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Why a project is not started, or why something around a start cannot be done.
package enum RunError: Error, Hashable {
    /// There is nothing at that place, or it cannot be looked at.
    case unreachable(FilePath, Errno)
    /// Something else than a directory.
    case notDirectory(FilePath, String)
    /// A directory that is never mounted: what was asked for, where it leads, and why not.
    case protected(asked: FilePath, real: FilePath, why: String)
    /// A directory that a user cannot use: its owner, who may be that user, and the user.
    case closedDirectory(FilePath, owner: UInt32, user: UInt32)
    /// A path whose bytes an engine cannot be told of.
    case oddName(FilePath, String)
    /// Two directories that would be seen at the same place.
    case sameTarget(String, FilePath, FilePath)
    /// A directory that lies in another one that is mounted, or around it.
    case overlapping(FilePath, FilePath)
    /// A place of a repository that cannot be guarded, and what is wrong with it.
    case unguardable(FilePath, String)
    /// A repository outside of the project that is not mounted: the project, the repository, and why not.
    case outsideRepository(FilePath, FilePath, String)
    /// A configuration of git that another program has locked.
    case repositoryLocked(FilePath)
    /// A configuration that git would refuse.
    case brokenConfiguration(FilePath)
    /// A directory that is in no repository.
    case notRepository(FilePath)
    /// No directory of the machine in which launchers of all users can hold a lock.
    case noLockDirectory([FilePath])
    /// A file of another kind or of another user in the place of the project's lock, or one that is not released; its
    /// owner.
    case foreignLock(FilePath, owner: UInt32?)
    /// A link on the way to a directory that lies in another project, so that its container chooses where it leads.
    case linkOfContainer(FilePath)
    /// A path that was exchanged between check and use.
    case changedMeanwhile(FilePath)
    /// An option's value that is not understood.
    case unusable(option: String, value: String, expected: String)
    /// No directory in memory for what must not touch a disk.
    case noMemoryDirectory([FilePath])
    /// Somebody else's directory where ours should be.
    case foreignDirectory(FilePath)
    /// The ssh-agent of the user cannot be used.
    case agentUnusable(String)
    /// No key of the agent is meant by what was said, or several are.
    case keyChoice(String, known: [String])
    /// A program of the machine failed.
    case toolFailed(String, Int32)
    /// A key file that is there already.
    case keyExists(FilePath)
    /// No key was made yet.
    case keyMissing(FilePath)
    /// No project of that name has any state.
    case unknownProject(String, known: [String])
    /// A project whose state is in use.
    case projectInUse(String)
    /// A project's state that could not be removed: the project, the state, and what stayed first.
    case stateRemains(String, state: FilePath, ContainerTree.Remainder)
    /// A provider that the user has no credentials of.
    case unknownProvider(String, known: [String])
}

extension RunError: UserFacingError {
    package var sentence: String {
        switch self {
        case .unreachable(let path, let errno): "There is no directory '\(path)' to mount: \(errno)."
        case .notDirectory(let path, let kind): "'\(path)' is \(kind) and not a directory, so it is not mounted."
        case .closedDirectory(let path, let owner, let user): Self.closed(path, owner, to: user)
        case .protected(let asked, let real, let why):
            "'\(asked)'\(asked == real ? "" : ", which is '\(real)',") is not mounted: \(why)."
        case .oddName(let path, let why): "'\(path)' is not mounted: \(why)."
        case .sameTarget(let target, let first, let second):
            "'\(first)' and '\(second)' would both be seen as '\(target)'."
        case .overlapping(let path, let other):
            "'\(path)' and '\(other)' lie in one another, so that what is guarded in one could be written through the other."
        case .unguardable(let path, let why): "'\(path)' cannot be guarded: \(why)."
        case .brokenConfiguration(let path): "What was made of '\(path)' cannot be read by git, so it stays as it was."
        case .notRepository(let path): "'\(path)' is no work tree of a git repository."
        case .outsideRepository(let project, let path, let why):
            "'\(project)' says that its repository is '\(path)', which is not mounted: \(why)."
        case .repositoryLocked(let path): "'\(path)' is there: a git command works on the configuration, or was killed."
        case .linkOfContainer(let path):
            "'\(path)' is a symbolic link in a project, where a container may have put it, so it is not followed."
        case .noLockDirectory(let tried): "There is no directory for locks: not \(Self.list(tried.map(\.string)))."
        case .foreignLock(let path, let owner): Self.foreignLock(path, owner)
        case .changedMeanwhile(let path): "'\(path)' was exchanged while the start looked at it."
        case .unusable(let option, let value, let expected): "'\(value)' is no value for \(option): \(expected)."
        case .noMemoryDirectory(let tried): Self.noMemory(tried)
        case .foreignDirectory(let path): "'\(path)' belongs to somebody else or is open to others, so it is not used."
        case .agentUnusable(let why): "Your ssh-agent cannot be used: \(why)."
        case .keyChoice(let said, let known):
            "'\(said)' does not mean exactly one key of your ssh-agent; it holds \(Self.list(known))."
        case .toolFailed(let tool, let status): "\(tool) ended with status \(status)."
        case .keyExists(let path): "There is a key already: '\(path)'."
        case .keyMissing(let path): "There is no key '\(path)'."
        case .unknownProject(let name, let known): "No project '\(name)' has state; there is \(Self.list(known))."
        case .projectInUse(let name): "The project '\(name)' is running."
        case .stateRemains(let name, _, let rest):
            "Not all of the state of '\(name)' could be removed: '\(rest.path)' \(Self.reason(rest))."
        case .unknownProvider(let name, let known):
            "OpenCode has no credentials for the provider '\(name)' here; it has \(Self.list(known))."
        }
    }

    package var hint: String? {
        switch self {
        case .protected: "Start it in the project's own directory, or name one with `--project DIR`."
        case .closedDirectory(let path, let owner, let user):
            owner == user ? "Open it: `chmod u+rwx '\(path)'`." : "Take it back: `sudo chown \(user) '\(path)'`."
        case .oddName: "Rename the directory."
        case .brokenConfiguration: "Run it again, and leave what git can read."
        case .notRepository: "Name the top directory of one: `--project DIR`."
        case .sameTarget: "Leave one of them out, or rename it."
        case .overlapping: "Leave one of them out, or add it read-only, as DIR:ro."
        case .unguardable: "`opencode-docker projects repair` moves it aside."
        case .outsideRepository(_, let path, _):
            "If you made it so, name it: `--allow-repository \(path)`. If not, `opencode-docker projects repair` moves the "
                + "file `.git` aside."
        case .repositoryLocked: "Wait for it; if no git command runs, remove the file."
        case .linkOfContainer: "Name the directory itself, as `realpath` prints it, if it is the one you mean."
        case .noLockDirectory: "Make the first one as the system does: root's, mode 1777."
        case .foreignLock(let path, _): "End that user's run of the project; if there is none: `sudo rm -r \(path)`."
        case .changedMeanwhile: "A container that still runs on it does that: end it, then run this again."
        case .noMemoryDirectory: "Set XDG_RUNTIME_DIR to a directory on a tmpfs."
        case .foreignDirectory: "Remove it if it is yours."
        case .agentUnusable:
            "`ssh-add -l` should list your keys; `opencode-docker key create` makes one for agents alone."
        case .keyChoice: "Choose one by its comment or fingerprint: `--ssh-key NAME`."
        case .keyExists: "Use it, or remove it and run this again."
        case .keyMissing: "Run `opencode-docker key create`."
        case .unknownProject: "`opencode-docker projects` lists them."
        case .projectInUse: "End it first."
        case .stateRemains(_, let state, let rest):
            rest.isMountPoint
                ? "Unmount it: `umount '\(rest.path)'`."
                : rest.owner == nil || rest.owner == 0
                    ? "See what is in the way, and remove it: `sudo rm -r '\(state)'`."
                    : "It may be of rootless Podman's subordinate IDs: `podman unshare rm -r '\(state)'`, or use sudo."
        case .unreachable, .notDirectory, .unusable, .toolFailed, .unknownProvider: nil
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .unreachable, .notDirectory, .closedDirectory, .protected, .oddName, .sameTarget, .unusable, .keyChoice,
            .unknownProject,
            .unknownProvider, .outsideRepository, .linkOfContainer, .overlapping, .notRepository:
            .usage
        case .repositoryLocked, .changedMeanwhile: .tryAgain
        default: .broken
        }
    }

    private static func closed(_ path: FilePath, _ owner: UInt32, to user: UInt32) -> String {
        owner == user
            ? "The mode of '\(path)' closes it to its own owner, UID \(user)."
            : "'\(path)' belongs to UID \(owner), and is closed to UID \(user)."
    }

    private static func foreignLock(_ path: FilePath, _ owner: UInt32?) -> String {
        let user = owner.map { "UID \($0)" } ?? "another user"
        return "The lock '\(path)' cannot be used: \(user) holds it, or left it."
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
