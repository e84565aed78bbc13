// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// One property of `run`, tested on one engine.
struct RunCheck: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: @Sendable (RunHarness) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (RunHarness) async throws -> Void) {
        testDescription = description
        self.body = body
    }

    static let all = [
        RunCheck(
            "The workspace belongs to the caller, the user has sudo but is not root, and the status is passed on",
            RunCheck.basics),
        RunCheck(
            "The container cannot change what git on the host executes, not even by renaming", RunCheck.guarded),
        RunCheck("A submodule's repository and pointer are guarded, and a worktree works", RunCheck.submodules),
        RunCheck(
            "A token is available to git, and not visible in the container, its engine or the machine",
            RunCheck.canary),
        RunCheck("Refused directories: an error message, a status, and no container", RunCheck.refused),
        RunCheck("Directories with unusual names are mounted", RunCheck.oddNames),
        RunCheck("ssh: one key, through the ssh-agent proxy, to a test server", RunCheck.ssh),
        RunCheck("The terminal: its size, resizing, Ctrl-C, Ctrl-Z, the status", RunCheck.terminal),
        RunCheck("A program that stops itself stops the caller's job", RunCheck.suspended),
        RunCheck("A stopped run can be ended, and leaves a usable terminal", RunCheck.suspendedEndings),
        RunCheck("Without job control a stopped program goes on; a flood is ignored", RunCheck.unsuspended),
        RunCheck("An interactive shell has its own jobs, and is killed after ten seconds", RunCheck.interactive),
        RunCheck("Signals end the agent gracefully; a killed launcher leaves nothing for long", RunCheck.endings),
        RunCheck(
            "Only listed variables are passed; state is persistent per project, listed and removed",
            RunCheck.environment),
        RunCheck("Values of --env are in the container and nowhere else", RunCheck.variables),
        RunCheck("Variables of --env do not direct the image's entrypoint", RunCheck.entrypointVariables),
        RunCheck("The printed command line works; strict has no root", RunCheck.forms),
        RunCheck("git and gh sign in by HTTPS with a token that is sent to no other host", RunCheck.https),
        RunCheck(
            "OpenCode's settings are a copy, its credentials the chosen ones, its policy root's", RunCheck.settings),
        RunCheck("A sign-in that is renewed in the container is renewed on the host", RunCheck.renewal),
        RunCheck("The key for coding agents is forwarded, and not stored in the container", RunCheck.dedicatedKey),
        RunCheck("Directories beside the project: read-only is read-only", RunCheck.directories),
        RunCheck("apt uses the machine's own mirrors", RunCheck.mirrors),
        RunCheck("With a list of hosts, the container reaches these alone", RunCheck.allowedHosts),
        RunCheck("Launchers killed at any moment lose nothing", RunCheck.kills),
        RunCheck("A launcher that is stopped and continued goes on", RunCheck.continued),
        RunCheck("A container does not outlive the reader of its output", RunCheck.unread),
        RunCheck("A program that ignores signals is killed after ten seconds", RunCheck.stubborn),
        RunCheck("A run whose launcher was killed is reported by the next one", RunCheck.unreported),
        RunCheck("The container of a killed launcher keeps its guard on every engine", RunCheck.otherEngine),
        RunCheck("A start without a guard removes no guard", RunCheck.unguardedStart),
        RunCheck("The engine's own stop is graceful", RunCheck.stopped),
        RunCheck("State is removed after a confirmation", RunCheck.asked),
        RunCheck("The caller's git configuration applies, and a forwarded key signs", RunCheck.gitSettings),
        RunCheck("Git LFS stores pointers, and root can write /etc/gitconfig", RunCheck.largeFiles),
        RunCheck("The caller's settings of OpenCode arrive, or are named", RunCheck.agentSettings),
        RunCheck("The agent is told about its container", RunCheck.notes),
        RunCheck("The caller's terminal is described", RunCheck.terminalTypes),
        RunCheck("In a subdirectory of a repository, the repository is offered", RunCheck.subdirectory),
        RunCheck("A project that cannot be written to is read-only", RunCheck.unwritable),
        RunCheck("Definitions of one name start their own images", RunCheck.names),
        RunCheck("A custom image from a layout and an archive", RunCheck.userImages),
        RunCheck("An end from outside of the program is explained in one line", RunCheck.explainedEnds),
        RunCheck("A custom image from an engine, and an image that only an engine has", RunCheck.engineImages),
    ]
}

extension EndToEnd {
    /// `run` as users call it: on the embedded engine, and if installed, on a test Docker and Podman.
    @Suite(.serialized)
    struct RunTests {
        @Test("On the embedded engine", arguments: RunCheck.all)
        func embedded(check: RunCheck) async throws {
            try await RunHarness.with(check.body)
        }

        @Test("On Docker, with one daemon for all", .enabled(if: Daemon.isPossible))
        func docker() async throws {
            try await Daemon.with { daemon in
                for check in RunCheck.all {
                    try await RunHarness.with(engine: "docker", environment: daemon.environment, check.body)
                }
                let left = try await daemon.run("docker ps -aq")
                #expect(left.status == 0 && left.output == "", "containers are left")
            }
        }

        @Test("On Podman, with one store for all", .enabled(if: PodmanHost.isPossible))
        func podman() async throws {
            try await PodmanHost.with { fixture in
                for check in RunCheck.all {
                    try await RunHarness.with(engine: "podman", environment: fixture.environment, check.body)
                }
                let left = try await Shell.must("podman ps -aq", environment: fixture.environment)
                #expect(left == "", "containers are left")
            }
        }
    }
}
