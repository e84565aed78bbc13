// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// What `run` promises, tried on one engine.
struct RunCheck: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: @Sendable (RunBench) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (RunBench) async throws -> Void) {
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
        RunCheck("Folders that are not mounted: a sentence, a status, and no container", RunCheck.refused),
        RunCheck("Odd names are mounted as they are", RunCheck.oddNames),
        RunCheck("ssh: one key, through the relay, to a server of our own", RunCheck.ssh),
        RunCheck("The terminal: its size, changes of it, Ctrl-C, Ctrl-Z, the status", RunCheck.terminal),
        RunCheck("Signals end the agent well; a killed launcher leaves nothing for long", RunCheck.endings),
        RunCheck(
            "Only variables of the list arrive; state lasts, per project, and is listed and removed",
            RunCheck.surroundings),
        RunCheck("What is printed can be executed; strict has no root", RunCheck.forms),
    ]
}

extension EndToEnd {
    /// `run` as people type it: on the embedded engine, and where there is one, on a Docker of our own.
    @Suite(.serialized)
    struct RunTests {
        @Test("On the embedded engine", arguments: RunCheck.all)
        func embedded(check: RunCheck) async throws {
            try await RunBench.with(check.body)
        }

        @Test("On Docker, with one daemon for all", .enabled(if: Daemon.isPossible))
        func docker() async throws {
            try await Daemon.with { daemon in
                for check in RunCheck.all { try await RunBench.with(engine: "docker", daemon: daemon, check.body) }
            }
        }
    }
}
