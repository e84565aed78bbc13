// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage

/// Why a container could not be run.
package enum EngineError: Error, Hashable {
    /// None of the OCI runtimes is there, or none works; `tried` says what each one answered.
    case noRuntime(tried: [String])
    /// Mounts would be seen by the whole machine.
    case notPrivate
    /// An ordinary user without subordinate ids.
    case noSubordinateIDs(user: String, file: FilePath)
    /// The kernel refuses overlay file systems.
    case overlayUnavailable(Errno)
    /// No lower directory, or too many.
    case layerCount(Int)
    /// A name the runtime would not accept.
    case invalidName(String)
    /// The profile's filter is no JSON.
    case invalidSeccomp(profile: String)
    /// The profile wants limits that cannot be kept here.
    case limitsUnavailable
    /// A terminal was asked for where the output does not go to one.
    case terminalNotInherited
    /// The runtime gave up; `reason` is its last line.
    case runtimeFailed(runtime: String, reason: String)
    /// A container that should run has ended.
    case endedEarly(name: String, status: Int32)
    /// A process took longer than it was given.
    case timedOut(process: String, seconds: Double)
    /// A process wrote more than is kept.
    case outputTooLarge(process: String, limit: Int)
    /// A program of the machine is missing.
    case missingTool(String, package: String, Errno)
    /// Neither pasta nor slirp4netns is there.
    case noUserNetwork
    /// The network helper gave up; `reason` is its last line.
    case networkFailed(helper: String, reason: String)
    /// A plan without a program to run.
    case noProgram(String)
    /// A path that an engine cannot be told of.
    case unmountable(String, String, EngineKind)
    /// An environment variable that is not written `NAME=value`.
    case unusableVariable(String)
    /// A variable that neither a line of a file nor a shell can hand over: its name, or that of another one.
    case variableNotPassed(String, EngineKind)
    /// A setting that an engine does not have.
    case notForEngine(String, EngineKind)
    /// This machine does not run programs of that platform.
    case noEmulation(Platform)
    /// The machine's emulator cannot be reached from containers.
    case emulatorOutOfReach(Platform, interpreter: FilePath)
    /// The engine's program is not there.
    case engineMissing(EngineKind)
    /// The engine's program is there, but nobody answers it.
    case engineDown(EngineKind)
    /// The caller may not talk to the engine.
    case engineDenied(EngineKind)
    /// The engine does not understand what has to be said to it.
    case engineTooOld(EngineKind, version: String, needed: String)
    /// The engine has no room left.
    case engineFull(EngineKind)
    /// The engine got a part of what was sent to it.
    case inputTruncated(EngineKind)
    /// The engine runs its containers on another machine, where they cannot be looked at.
    case engineElsewhere(EngineKind)
    /// The engine's containers belong to somebody else, so that their processes cannot be looked at.
    case containersNotOwned(EngineKind)
    /// The engine failed; `reason` are its own words.
    case engineFailed(EngineKind, String)
}

extension EngineError: UserFacingError {
    package var sentence: String {
        switch self {
        case .noRuntime(let tried):
            "No OCI runtime works here\(tried.isEmpty ? "" : " (\(tried.joined(separator: "; ")))")."
        case .notPrivate: "The embedded engine needs a mount namespace of its own, and this process has none."
        case .noSubordinateIDs(let user, let file): "The user '\(user)' has no subordinate ids in '\(file)'."
        case .overlayUnavailable(let errno): "The kernel refuses an overlay file system: \(errno)."
        case .layerCount(let count):
            "A root file system is made of 1 to \(OverlayMount.maximumLowerDirectories) directories, not of \(count)."
        case .invalidName(let name): "'\(name)' cannot be a container's name: use letters, digits and '_.+-'."
        case .invalidSeccomp(let profile): "The system call filter of the profile '\(profile)' is not valid JSON."
        case .limitsUnavailable: "This machine's control groups cannot be used, so the profile's limits would not hold."
        case .terminalNotInherited: "A terminal was asked for, but the container's output does not go to one."
        case .runtimeFailed(let runtime, let reason): "\(runtime) could not run the container: \(reason)."
        case .endedEarly(let name, let status): "The container '\(name)' ended too early, with status \(status)."
        case .timedOut(let process, let seconds): "'\(process)' was stopped after \(seconds) seconds."
        case .outputTooLarge(let process, let limit): "'\(process)' wrote more than \(limit) bytes."
        case .missingTool(let tool, _, let errno): "Cannot run '\(tool)': \(errno)."
        case .noUserNetwork: "Neither pasta nor slirp4netns is installed, so the container would have no network."
        case .networkFailed(let helper, let reason): "\(helper) could not connect the container: \(reason)."
        case .noProgram(let name): "There is no program to run in '\(name)'."
        case .unmountable(let path, let reason, let engine): "'\(path)' cannot be given to '\(engine)': \(reason)."
        case .unusableVariable(let text): "'\(text)' is not an environment variable with a value."
        case .variableNotPassed(let name, _): "'\(name)' is no name of a shell's, which sets values of several lines."
        case .notForEngine(let what, let engine): "The engine '\(engine)' cannot do this: \(what)."
        case .noEmulation(let platform): "This machine does not run programs for \(platform)."
        case .emulatorOutOfReach(let platform, let interpreter):
            "Programs for \(platform) run by '\(interpreter)', which is registered without the flag F and so not found in containers."
        case .engineMissing(let engine): "'\(engine)' is not installed."
        case .engineDown(let engine): "'\(engine)' is installed, but its daemon does not answer."
        case .engineDenied(let engine): "This user may not talk to the daemon of '\(engine)'."
        case .engineTooOld(let engine, let version, let needed):
            "'\(engine)' is of version \(version), and \(needed) or later is needed."
        case .engineFull(let engine): "'\(engine)' has no room left on its disk."
        case .inputTruncated(let engine): "What was sent to '\(engine)' did not arrive whole."
        case .engineElsewhere(let engine): "'\(engine)' runs its containers where they cannot be looked at."
        case .containersNotOwned(let engine): "This user cannot look into the containers of '\(engine)'."
        case .engineFailed(let engine, let reason): "'\(engine)' failed: \(reason)."
        }
    }

    package var hint: String? {
        switch self {
        case .noEmulation(let platform):
            "Install an emulator (`apt-get install qemu-user-static binfmt-support`), or build it on a machine for \(platform)."
        case .emulatorOutOfReach:
            "Install the one whose entry has it: `apt-get install qemu-user-static binfmt-support`."
        case .engineMissing(.podman): "Install it (`apt-get install podman`), or use another `--engine`."
        case .engineMissing: "Install it (`apt-get install docker.io`), or use another `--engine`."
        case .engineDown(.podman): "See `podman system connection list`, or use another `--engine`."
        case .engineDown: "Start it, see `docker context ls` and DOCKER_HOST, or use another `--engine`."
        case .engineDenied: "Use `--engine podman`, rootless Docker, or root: the group 'docker' is as good as root."
        case .engineTooOld: "Update it, or use another `--engine`."
        case .engineFull(let engine):
            "`\(engine.rawValue) system df` says what is there, `\(engine.rawValue) image prune` removes what is not used."
        case .inputTruncated: "Try it again, then look at the engine's log and at the way to it (DOCKER_HOST)."
        case .containersNotOwned: "Run it as root, or use `--engine podman` or `--engine embedded`."
        case .engineElsewhere: "Run it on that machine, or use `--engine embedded`."
        case .noRuntime: "Install one: `apt-get install runc`."
        case .notPrivate: "Start it under `unshare --mount --propagation private`."
        case .noSubordinateIDs(let user, _):
            "Run it as root, or add some: `usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \(user)`."
        case .overlayUnavailable:
            "Load the kernel's module (`modprobe overlay`), or use `--engine docker` or `--engine podman`."
        case .limitsUnavailable: "Mount /sys/fs/cgroup writable, or run it as root of the machine."
        case .terminalNotInherited: "Leave the terminal away."
        case .missingTool(_, let package, _): "Install it: `apt-get install \(package)`."
        case .unmountable: "Rename it, or use `--engine embedded`."
        case .unusableVariable: "Write it NAME=value."
        case .variableNotPassed:
            "Set it by the command (`-- env NAME=value program`), put it into a file, or use `--engine embedded`."
        case .networkFailed: "See whether this user may open /dev/net/tun (`ls -l`), or do without a network."
        case .noUserNetwork: "Install one (`apt-get install passt`), or run it with `--network none`."
        default: nil
        }
    }
}
