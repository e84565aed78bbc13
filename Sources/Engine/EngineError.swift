// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage

/// An error of an engine or a container.
package enum EngineError: Error, Hashable {
    /// No OCI runtime works here; `tried` describes each attempt.
    case noRuntime(tried: [String])
    /// The process is not in a private mount namespace, so its mounts would be visible to the whole machine.
    case notPrivate
    /// An ordinary user has no subordinate IDs.
    case noSubordinateIDs(user: String, file: FilePath)
    /// The engine was first started before the user had subordinate IDs, and does not use them.
    case unusedSubordinateIDs(user: String)
    /// The kernel refuses to mount an overlay file system.
    case overlayUnavailable(Errno)
    /// The plan has no lower directory, or too many.
    case layerCount(Int)
    /// The runtime would not accept the container's name.
    case invalidName(String)
    /// The profile's seccomp filter is not valid JSON.
    case invalidSeccomp(profile: String)
    /// The profile has limits that this machine cannot enforce.
    case limitsUnavailable
    /// The plan wants a terminal, but the output is not inherited from the caller.
    case terminalNotInherited
    /// The runtime failed; `reason` is the last line of its log.
    case runtimeFailed(runtime: String, reason: String)
    /// The runtime ended and left its container running.
    case runtimeLeft(runtime: String, status: Int32)
    /// A container ended unexpectedly.
    case endedEarly(name: String, status: Int32)
    /// A container was ended because it had that many processes.
    case tooManyProcesses(Int)
    /// A process exceeded its timeout.
    case timedOut(process: String, seconds: Double)
    /// A process exceeded its output limit.
    case outputTooLarge(process: String, limit: Int)
    /// A program is missing on this machine.
    case missingTool(String, package: String, Errno)
    /// Neither pasta nor slirp4netns is installed.
    case noUserNetwork
    /// The network helper failed; `reason` is its last line.
    case networkFailed(helper: String, reason: String)
    /// The plan has no program to run.
    case noProgram(String)
    /// A path that cannot be passed to the engine.
    case unmountable(String, String, EngineKind)
    /// An environment variable without the form `NAME=value`.
    case unusableVariable(String)
    /// A variable that neither an `--env-file` nor a shell can pass, because of its name or another variable's.
    case variableNotPassed(String, EngineKind)
    /// An option that the engine does not support.
    case notForEngine(String, EngineKind)
    /// This machine cannot run programs of the platform.
    case noEmulation(Platform)
    /// The machine's emulator is not usable inside containers.
    case emulatorOutOfReach(Platform, interpreter: FilePath)
    /// The engine's program is not installed.
    case engineMissing(EngineKind)
    /// The engine's program is installed, but its daemon does not answer.
    case engineDown(EngineKind)
    /// The caller has no access to the engine's daemon.
    case engineDenied(EngineKind)
    /// The engine may not set the limits of open files and processes that it gives to containers.
    case openFilesRefused(EngineKind)
    /// The engine is older than the oldest supported version.
    case engineTooOld(EngineKind, version: String, needed: String)
    /// The engine's disk is full.
    case engineFull(EngineKind)
    /// The engine received truncated input.
    case inputTruncated(EngineKind)
    /// The engine runs its containers on another machine, where they cannot be inspected.
    case engineElsewhere(EngineKind)
    /// The engine's containers belong to another user, so their processes cannot be inspected.
    case containersNotOwned(EngineKind)
    /// The engine failed; `reason` is its own message.
    case engineFailed(EngineKind, String)
}

extension EngineError: UserFacingError {
    package var sentence: String {
        switch self {
        case .noRuntime(let tried): Self.noRuntime(tried)
        case .notPrivate: "The embedded engine needs a mount namespace of its own, and this process has none."
        case .noSubordinateIDs, .unusedSubordinateIDs: identifierSentence
        case .overlayUnavailable(let errno): "The kernel refuses an overlay file system: \(errno)."
        case .layerCount(let count): Self.layers(count)
        case .invalidName(let name): "'\(name)' cannot be a container's name: use letters, digits and '_.+-'."
        case .invalidSeccomp(let profile): "The system call filter of the profile '\(profile)' is not valid JSON."
        case .limitsUnavailable: "The profile's limits need control groups, which this machine does not allow."
        case .terminalNotInherited: "The container's output is not a terminal."
        case .runtimeFailed(let runtime, let reason): "\(runtime) could not run the container: \(reason)."
        case .runtimeLeft(let runtime, let status): "\(runtime) ended before its container, with status \(status)."
        case .endedEarly(let name, let status): "The container '\(name)' ended unexpectedly with status \(status)."
        case .tooManyProcesses(let limit): "The container had \(limit) processes, and was ended."
        case .timedOut(let process, let seconds): "'\(process)' was stopped after \(seconds) seconds."
        case .outputTooLarge(let process, let limit): "'\(process)' wrote more than \(limit) bytes."
        case .missingTool(let tool, _, let errno): "Cannot run '\(tool)': \(errno)."
        case .noUserNetwork: "Neither pasta nor slirp4netns is installed, so the container would have no network."
        case .networkFailed(let helper, let reason): "\(helper) could not connect the container: \(reason)."
        case .noProgram(let name): "'\(name)' has no program to run."
        case .unmountable(let path, let reason, let engine): "'\(path)' cannot be given to '\(engine)': \(reason)."
        case .unusableVariable(let text): "'\(text)' is not an environment variable with a value."
        case .variableNotPassed(let name, _): "Cannot pass the variables: '\(name)' is not a valid shell name."
        case .notForEngine(let what, let engine): "The engine '\(engine)' does not support \(what)."
        case .noEmulation(let platform): "This machine cannot run programs for \(platform)."
        case .emulatorOutOfReach(let platform, let interpreter):
            "The emulator '\(interpreter)' for \(platform) lacks the flag F, so containers cannot use it."
        case .engineMissing(let engine): "'\(engine)' is not installed."
        case .engineDown(let engine): "'\(engine)' is installed, but its daemon does not answer."
        case .engineDenied(let engine): "This user has no access to the daemon of '\(engine)'."
        case .openFilesRefused(let engine): "'\(engine)' may not set its limits of open files and processes."
        case .engineTooOld(let engine, let version, let needed): Self.tooOld(engine, version, needed)
        case .engineFull(let engine): "'\(engine)' has no space left on its disk."
        case .inputTruncated(let engine): "'\(engine)' received truncated input."
        case .engineElsewhere(let engine): "'\(engine)' runs its containers on another machine."
        case .containersNotOwned(let engine): "This user cannot inspect the containers of '\(engine)'."
        case .engineFailed(let engine, let reason): "'\(engine)' failed: \(reason)."
        }
    }

    private static func layers(_ count: Int) -> String {
        "A root file system is made of 1 to \(OverlayMount.maximumLowerDirectories) directories, not of \(count)."
    }

    private static func noRuntime(_ tried: [String]) -> String {
        "No OCI runtime works here\(tried.isEmpty ? "" : " (\(tried.joined(separator: "; ")))")."
    }

    private static func tooOld(_ engine: EngineKind, _ version: String, _ needed: String) -> String {
        "'\(engine)' has version \(version), but \(needed) or later is required."
    }

    private var identifierSentence: String {
        if case .noSubordinateIDs(let user, let file) = self {
            return "The user '\(user)' has no range of 65536 subordinate IDs in '\(file)'."
        }
        guard case .unusedSubordinateIDs(let user) = self else { return "" }
        return "Podman does not use the subordinate IDs of the user '\(user)' yet."
    }

    package var hint: String? {
        switch self {
        case .runtimeLeft: "Run it again."
        case .noEmulation(let platform):
            "Install an emulator (`apt-get install qemu-user-static binfmt-support`), or build on \(platform)."
        case .emulatorOutOfReach:
            "Install an emulator with that flag: `apt-get install qemu-user-static binfmt-support`."
        case .engineMissing(.podman): "Install it (`apt-get install podman`), or use another `--engine`."
        case .engineMissing: "Install it (`apt-get install docker.io`), or use another `--engine`."
        case .engineDown(.podman): "See `podman system connection list`, or use another `--engine`."
        case .engineDown: "Start it, see `docker context ls` and DOCKER_HOST, or use another `--engine`."
        case .engineDenied: "Use `--engine podman`, or run it as root: the group 'docker' is equivalent to root."
        case .openFilesRefused:
            #"Set `default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]` in `[containers]` of containers.conf(5)."#
        case .engineTooOld: "Update it, or use another `--engine`."
        case .engineFull(let engine):
            "`\(engine.rawValue) system df` shows its usage, `\(engine.rawValue) image prune` removes unused images."
        case .inputTruncated: "Try again, then check the engine's log and its address (DOCKER_HOST)."
        case .containersNotOwned: "Run it as root, or use `--engine podman` or `--engine embedded`."
        case .engineElsewhere: "Run it on that machine, or use `--engine embedded`."
        case .tooManyProcesses: "A program in it starts processes without end."
        case .noRuntime: "Install one: `apt-get install runc`."
        case .notPrivate: "Start it under `unshare --mount --propagation private`."
        case .noSubordinateIDs(let user, _):
            "Run it as root, or add IDs: `usermod --add-subuids \(SubordinateIDs.freeRange) --add-subgids "
                + "\(SubordinateIDs.freeRange) \(user)`, then `podman system migrate` if Podman was used before."
        case .unusedSubordinateIDs: "Run `podman system migrate`, which stops its containers."
        case .overlayUnavailable:
            "Load the kernel module (`modprobe overlay`), or use `--engine docker` or `--engine podman`."
        case .limitsUnavailable: "Mount /sys/fs/cgroup writable, or run it as the machine's root."
        case .terminalNotInherited: "Run it without a terminal."
        case .missingTool(_, let package, _): "Install it: `apt-get install \(package)`."
        case .unmountable: "Rename it, or use `--engine embedded`."
        case .unusableVariable: "Write it NAME=value."
        case .variableNotPassed: "Set it in the command (`-- env NAME=value program`) or in a file."
        case .networkFailed: "Check that this user may open /dev/net/tun (`ls -l`), or use `--network none`."
        case .noUserNetwork: "Install one (`apt-get install passt`), or run it with `--network none`."
        default: nil
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .unusableVariable, .variableNotPassed: .usage
        default: .broken
        }
    }
}
