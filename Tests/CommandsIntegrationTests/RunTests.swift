// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// What `run` promises, tried on one engine.
struct RunCheck: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: @Sendable (RunHarness) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (RunHarness) async throws -> Void) {
        testDescription = description
        self.body = body
    }

    static let all = [
        RunCheck(
            "The workspace is the caller's, the user is no root but may become it, and the status comes through",
            RunCheck.basics),
        RunCheck(
            "Nothing that git on the host executes can be changed from inside, whatever is renamed", RunCheck.guarded),
        RunCheck("A submodule's repository and pointer are guarded, and a worktree works", RunCheck.submodules),
        RunCheck(
            "A token is found by git and by nobody who looks at the container, its engine or the machine",
            RunCheck.canary),
        RunCheck("Directories that are not mounted: a sentence, a status, and no container", RunCheck.refused),
        RunCheck("Odd names are mounted as they are", RunCheck.oddNames),
        RunCheck("ssh: one key, through the relay, to a server of our own", RunCheck.ssh),
        RunCheck("The terminal: its size, changes of it, Ctrl-C, Ctrl-Z, the status", RunCheck.terminal),
        RunCheck("Signals end the agent well; a killed launcher leaves nothing for long", RunCheck.endings),
        RunCheck(
            "Only variables of the list arrive; state lasts, per project, and is listed and removed",
            RunCheck.environment),
        RunCheck("Values of --env are in the container and nowhere else", RunCheck.variables),
        RunCheck("What is printed can be executed; strict has no root", RunCheck.forms),
        RunCheck("git and gh sign in by HTTPS with a token that is nowhere else, and to nobody else", RunCheck.https),
        RunCheck(
            "OpenCode's settings are a copy, its credentials the chosen ones, its policy root's", RunCheck.settings),
        RunCheck("The key for agents is lent, and is no file", RunCheck.dedicatedKey),
        RunCheck("Directories beside the project: read-only is read-only", RunCheck.directories),
        RunCheck("apt asks the machine's own mirrors", RunCheck.mirrors),
        RunCheck("Launchers killed at any moment lose nothing", RunCheck.kills),
        RunCheck("What ignores signals is ended after ten seconds", RunCheck.stubborn),
        RunCheck("A run whose launcher was killed is reported by the next one", RunCheck.unreported),
        RunCheck("The container of a killed launcher keeps its guard on every engine", RunCheck.otherEngine),
        RunCheck("A start that guards nothing takes no guard away", RunCheck.unguardedStart),
        RunCheck("The engine's own stop is graceful", RunCheck.stopped),
        RunCheck("State is removed after a question", RunCheck.asked),
    ]
}

extension EndToEnd {
    /// `run` as people type it: on the embedded engine, and where they are there, on a Docker and a Podman of our own.
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
