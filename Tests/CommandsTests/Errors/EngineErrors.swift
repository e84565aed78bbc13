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
    Reviewed(EngineError.limitsUnavailable), Reviewed(EngineError.tooManyProcesses(4096)), Reviewed(EngineError.terminalNotInherited),
    Reviewed(EngineError.runtimeFailed(runtime: "runc", reason: "no such file"), withoutHint: Alone.othersWords),
    Reviewed(EngineError.endedEarly(name: "a", status: 1), withoutHint: Alone.ourFault),
    Reviewed(EngineError.timedOut(process: "probe", seconds: 9), withoutHint: Alone.saysItself),
    Reviewed(EngineError.outputTooLarge(process: "probe", limit: 9), withoutHint: Alone.saysItself),
    Reviewed(EngineError.missingTool("newuidmap", package: "uidmap", .noSuchFileOrDirectory)),
    Reviewed(EngineError.noUserNetwork),
    Reviewed(EngineError.networkFailed(helper: "pasta", reason: "no device")),
    Reviewed(EngineError.noProgram("a"), withoutHint: Alone.saysItself),
    Reviewed(EngineError.unmountable("/a:b", "it contains a colon", .docker)),
    Reviewed(EngineError.unusableVariable("A")), Reviewed(EngineError.variableNotPassed("a.b", .docker)),
    Reviewed(EngineError.notForEngine("a filter of its own", .podman), withoutHint: Alone.saysItself),
    Reviewed(EngineError.noEmulation(.arm64)),
    Reviewed(EngineError.emulatorOutOfReach(.arm64, interpreter: "/usr/bin/qemu-aarch64")),
    Reviewed(EngineError.engineMissing(.docker)), Reviewed(EngineError.engineMissing(.podman)),
    Reviewed(EngineError.engineDown(.docker)), Reviewed(EngineError.engineDown(.podman)),
    Reviewed(EngineError.engineDenied(.docker)),
    Reviewed(EngineError.engineTooOld(.docker, version: "1", needed: "20")), Reviewed(EngineError.engineFull(.docker)),
    Reviewed(EngineError.inputTruncated(.docker)), Reviewed(EngineError.engineElsewhere(.docker)),
    Reviewed(EngineError.containersNotOwned(.docker)),
    Reviewed(EngineError.engineFailed(.docker, "no such image"), withoutHint: Alone.othersWords),
]

let runErrors: [Reviewed] = [
    Reviewed(RunError.unreachable("/a", .noSuchFileOrDirectory), .usage, withoutHint: Alone.saysItself),
    Reviewed(RunError.notDirectory("/a", "a file"), .usage, withoutHint: Alone.saysItself),
    Reviewed(RunError.closedDirectory("/a", owner: 1000, user: 1000), .usage),
    Reviewed(RunError.closedDirectory("/a", owner: 0, user: 1000), .usage),
    Reviewed(RunError.stuckGit("/p/inc")), Reviewed(RunError.stuckGit(nil)),
    Reviewed(RunError.closedRepository("/a/.git", owner: 0, user: 1000), .usage),
    Reviewed(RunError.protected(asked: "/a", real: "/home/a", why: "it is a home directory"), .usage),
    Reviewed(RunError.protected(asked: "/home/a", real: "/home/a", why: "it is a home directory"), .usage),
    Reviewed(RunError.protectedWithin("/a", place: "/a/dots/gh", name: "/home/b/.config/gh"), .usage),
    Reviewed(RunError.fileInProject("/home/b/.config/opencode-docker/trust.json", "/a/dots/trust.json"), .usage),
    Reviewed(RunError.oddName("/a", "its name has a comma"), .usage),
    Reviewed(RunError.sameTarget("/mnt/a", "/a", "/b/a"), .usage),
    Reviewed(RunError.unguardable("/a", "it has no HEAD")),
    Reviewed(RunError.outsideRepository("/a", "/b/.git", "it is no repository"), .usage),
    Reviewed(RunError.overlapping("/a/b", "/a"), .usage), Reviewed(RunError.linkOfContainer("/a/b"), .usage),
    Reviewed(RunError.repositoryLocked("/a/.git/config.lock"), .tryAgain),
    Reviewed(RunError.changedMeanwhile("/a/.git/hooks"), .tryAgain),
    Reviewed(RunError.foreignLock("/run/lock/a.lock", owner: 7)),
    Reviewed(RunError.noLockDirectory(["/run/lock", "/dev/shm"])),
    Reviewed(
        RunError.unusable(option: "--memory", value: "x", expected: "a number of bytes, such as 4g"), .usage,
        withoutHint: Alone.saysItself),
    Reviewed(RunError.noMemoryDirectory(["/run/user/1", "/dev/shm"])), Reviewed(RunError.foreignDirectory("/a")),
    Reviewed(RunError.agentUnusable("it does not answer")), Reviewed(RunError.keyChoice("a", known: ["b"]), .usage),
    Reviewed(RunError.toolFailed("ssh-keygen", 1), withoutHint: Alone.othersWords),
    Reviewed(RunError.keyExists("/a")), Reviewed(RunError.keyMissing("/a")),
    Reviewed(RunError.unknownProject("a", known: []), .usage), Reviewed(RunError.projectInUse("a")),
    Reviewed(RunError.notRepository("/a"), .usage),
    Reviewed(RunError.brokenConfiguration("/a")),
    Reviewed(RunError.stateRemains("a", state: "/s", .init(path: "/s/b", errno: .permissionDenied, owner: 100_999))),
    Reviewed(RunError.unknownProvider("a", known: ["b"]), .usage, withoutHint: Alone.saysItself),
]

let commandErrors: [Reviewed] = [
    Reviewed(CommandError.notComparable("registry.example/a:1"), .usage),
    Reviewed(CommandError.unknownOutput("zip:a"), .usage, withoutHint: Alone.saysItself),
    Reviewed(CommandError.missingDefinition(["/a", "/b"])),
    Reviewed(CommandError.notALayout("oci:a"), .usage),
    Reviewed(CommandError.ambiguousLayout("a", ["b", "c"]), .usage),
    Reviewed(CommandError.ambiguousLayout("a", []), .usage),
    Reviewed(CommandError.pushOfEngine("docker"), .usage),
    Reviewed(CommandError.cacheOfEngine("docker"), .usage),
    Reviewed(CommandError.taggedCache("r.example/a:1"), .usage),
    Reviewed(CommandError.signingKey("/a/key", .notAPrivateKey), .usage),
    Reviewed(CommandError.signingKey("env:KEY", .wrongPassphrase), .usage, withoutHint: Alone.saysItself),
    Reviewed(CommandError.keyExists("/a/key"), .usage),
    Reviewed(CommandError.noPassphrase, .usage),
    Reviewed(CommandError.noTrustFile, .usage),
    Reviewed(CommandError.noTerminalForConfirmation, .usage),
]
