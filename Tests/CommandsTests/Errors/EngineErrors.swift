// SPDX-License-Identifier: Apache-2.0

import Commands
import Core
import Engine
import Run
import Transport

let engineErrors: [Reviewed] = [
    Reviewed(EngineError.noRuntime(tried: ["runc: not found"])), Reviewed(EngineError.notPrivate),
    Reviewed(EngineError.noSubordinateIDs(user: "a", file: "/etc/subuid")),
    Reviewed(EngineError.overlayUnavailable(.notPermitted)),
    Reviewed(EngineError.layerCount(0), withoutHint: Alone.saysItself),
    Reviewed(EngineError.invalidName("/"), withoutHint: Alone.saysItself),
    Reviewed(EngineError.invalidSeccomp(profile: "standard"), withoutHint: Alone.saysItself),
    Reviewed(EngineError.limitsUnavailable), Reviewed(EngineError.terminalNotInherited),
    Reviewed(EngineError.runtimeFailed(runtime: "runc", reason: "no such file"), withoutHint: Alone.othersWords),
    Reviewed(EngineError.endedEarly(name: "a", status: 1), withoutHint: Alone.ourFault),
    Reviewed(EngineError.timedOut(process: "probe", seconds: 9), withoutHint: Alone.saysItself),
    Reviewed(EngineError.outputTooLarge(process: "probe", limit: 9), withoutHint: Alone.saysItself),
    Reviewed(EngineError.missingTool("newuidmap", package: "uidmap", .noSuchFileOrDirectory)),
    Reviewed(EngineError.noUserNetwork),
    Reviewed(EngineError.networkFailed(helper: "pasta", reason: "no device")),
    Reviewed(EngineError.noProgram("a"), withoutHint: Alone.saysItself),
    Reviewed(EngineError.unmountable("/a:b", "it has a colon", .docker)),
    Reviewed(EngineError.unusableVariable("A")), Reviewed(EngineError.variableNotPassed("a.b", .docker)),
    Reviewed(EngineError.notForEngine("a filter of its own", .podman), withoutHint: Alone.saysItself),
    Reviewed(EngineError.noEmulation(.arm64)),
    Reviewed(EngineError.emulatorOutOfReach(.arm64, interpreter: "/usr/bin/qemu-aarch64")),
    Reviewed(EngineError.engineMissing(.docker)), Reviewed(EngineError.engineMissing(.podman)),
    Reviewed(EngineError.engineDown(.docker)), Reviewed(EngineError.engineDown(.podman)),
    Reviewed(EngineError.engineDenied(.docker)),
    Reviewed(EngineError.engineTooOld(.docker, version: "1", needed: "20")), Reviewed(EngineError.engineFull(.docker)),
    Reviewed(EngineError.inputCut(.docker)), Reviewed(EngineError.engineElsewhere(.docker)),
    Reviewed(EngineError.containersNotOwned(.docker)),
    Reviewed(EngineError.engineFailed(.docker, "no such image"), withoutHint: Alone.othersWords),
]

let runErrors: [Reviewed] = [
    Reviewed(RunError.unreachable("/a", .noSuchFileOrDirectory), .usage, withoutHint: Alone.saysItself),
    Reviewed(RunError.notFolder("/a", "a file"), .usage, withoutHint: Alone.saysItself),
    Reviewed(RunError.protected(asked: "/a", real: "/home/a", why: "it is a home folder"), .usage),
    Reviewed(RunError.protected(asked: "/home/a", real: "/home/a", why: "it is a home folder"), .usage),
    Reviewed(RunError.oddName("/a", "its name has a comma"), .usage),
    Reviewed(RunError.sameTarget("/mnt/a", "/a", "/b/a"), .usage),
    Reviewed(RunError.unguardable("/a", "it has no HEAD")),
    Reviewed(RunError.outsideRepository("/a", "/b/.git", "it is no repository"), .usage),
    Reviewed(RunError.overlapping("/a/b", "/a"), .usage), Reviewed(RunError.linkOfContainer("/a/b"), .usage),
    Reviewed(RunError.repositoryLocked("/a/.git/config.lock"), .tryAgain),
    Reviewed(RunError.changedMeanwhile("/a/.git/hooks"), .tryAgain),
    Reviewed(RunError.foreignLock("/run/lock/a.lock")), Reviewed(RunError.noLockDirectory(["/run/lock", "/dev/shm"])),
    Reviewed(
        RunError.unusable(option: "--memory", value: "x", expected: "a number of bytes, such as 4g"), .usage,
        withoutHint: Alone.saysItself),
    Reviewed(RunError.noMemoryFolder(["/run/user/1", "/dev/shm"])), Reviewed(RunError.foreignFolder("/a")),
    Reviewed(RunError.agentUnusable("it does not answer")), Reviewed(RunError.keyChoice("a", known: ["b"]), .usage),
    Reviewed(RunError.toolFailed("ssh-keygen", 1), withoutHint: Alone.othersWords),
    Reviewed(RunError.keyExists("/a")), Reviewed(RunError.keyMissing("/a")),
    Reviewed(RunError.unknownProject("a", known: []), .usage), Reviewed(RunError.projectInUse("a")),
    Reviewed(RunError.stateRemains("a", state: "/s", .init(path: "/s/b", errno: .permissionDenied, owner: 100_999))),
    Reviewed(RunError.unknownProvider("a", known: ["b"]), .usage, withoutHint: Alone.saysItself),
]

let commandErrors: [Reviewed] = [
    Reviewed(CommandError.notComparable("registry.example/a:1"), .usage),
    Reviewed(CommandError.missingLock("versions.lock")), Reviewed(CommandError.staleLock("versions.lock"), .no),
    Reviewed(CommandError.lockWouldChange("versions.lock", ["curl 1 → 2"]), .no),
    Reviewed(CommandError.incompleteLock("versions.lock", reason: "its archives are not those of trixie"), .no),
    Reviewed(CommandError.unknownOutput("zip:a"), .usage, withoutHint: Alone.saysItself),
    Reviewed(CommandError.unknownImage("a")),
    Reviewed(CommandError.unknownArtifact("a"), .usage, withoutHint: Alone.saysItself),
    Reviewed(CommandError.unknownProfile("a", ["standard", "strict"]), .usage, withoutHint: Alone.saysItself),
    Reviewed(CommandError.unknownAgentDigest("a", ["linux/amd64"]), .usage, withoutHint: Alone.saysItself),
    Reviewed(
        CommandError.unreachableAgent(.unavailable([FailedDownload(name: "release", failures: [])]), ["linux/amd64"]),
        .tryAgain),
    Reviewed(CommandError.imageOfEngine("oci:a", "docker"), .usage),
    Reviewed(CommandError.outputOfEngine("oci:a", "docker"), .usage),
    Reviewed(CommandError.missingProbe(["/a", "/b"])),
    Reviewed(CommandError.missingDefinition(["/a", "/b"])), Reviewed(CommandError.cannotBeCaller("rootless Docker")),
    Reviewed(CommandError.notALayout("oci:a"), .usage),
    Reviewed(CommandError.ambiguousLayout("a", ["b", "c"]), .usage),
    Reviewed(CommandError.ambiguousLayout("a", []), .usage),
    Reviewed(CommandError.noPackageDatabase("a"), withoutHint: Alone.theirs),
    Reviewed(CommandError.severalPlatforms("`run`"), .usage), Reviewed(CommandError.pushOfEngine("docker"), .usage),
    Reviewed(CommandError.cacheOfEngine("docker"), .usage), Reviewed(CommandError.taggedCache("r.example/a:1"), .usage),
    Reviewed(CommandError.missingImageFolder("image"), .usage),
    Reviewed(CommandError.projectElsewhere("docker", "ssh://build.example")),
    Reviewed(CommandError.signingKey("/a/key", .notAPrivateKey), .usage),
    Reviewed(CommandError.signingKey("env:KEY", .wrongPassphrase), .usage, withoutHint: Alone.saysItself),
    Reviewed(CommandError.keyExists("/a/key"), .usage), Reviewed(CommandError.noPassphrase, .usage),
    Reviewed(CommandError.noTrustFile, .usage),
    Reviewed(CommandError.storeInUse, .tryAgain), Reviewed(CommandError.nobodyToAsk, .usage),
]
