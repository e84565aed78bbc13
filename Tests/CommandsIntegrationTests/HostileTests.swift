// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// One attack of a container through files that the host follows later, on one engine.
struct HostileCheck: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: @Sendable (RunHarness) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (RunHarness) async throws -> Void) {
        testDescription = description
        self.body = body
    }

    static let all = [
        HostileCheck("Links, FIFOs and directories in guarded places are refused, and repaired", inGuardedPlaces),
        HostileCheck("A pointer of a project without a repository mounts nothing of the host", pointers),
        HostileCheck("Links, FIFOs and directories in the lasting home are moved aside", inTheHome),
        HostileCheck("A subdirectory that is exchanged for a link is never mounted", exchanged),
        HostileCheck("Two launchers with different states keep one guard", twoStates),
        HostileCheck("git on the host cannot take the guard away, and other worktrees last", locked),
        HostileCheck("A configuration that an editor replaced is restored when the container writes to it", replaced),
        HostileCheck("A guarded file that the container removes is restored", removed),
        HostileCheck("A key that a container puts behind a link of the caller's is not used", callersFiles),
        HostileCheck("Links of the caller's into the project bring nothing in, and are remembered", callersLinks),
        HostileCheck("Hooks that the caller's git names, however it does, cannot be written", namedHooks),
        HostileCheck("A link of a project that was moved, or of a persistent home, is not followed", movedLinks),
        HostileCheck("Repositories of other shapes are guarded as well", shapes),
        HostileCheck("Seventy modules are no way to lock the user out", manyModules),
        HostileCheck("A repository that is none any more is reported", beheaded),
        HostileCheck("What is read-only is so with the mounts below it", readOnly),
        HostileCheck("A dry run changes nothing", dryRun),
        HostileCheck("A persistent home taken by root of the container does not lock the user out", closedHome),
        HostileCheck("Too many repositories, and unusual names, do not lock the user out", tooMuch),
        HostileCheck("A hard link of a guarded file gives no access", hardLinks),
        HostileCheck("A workspace without permissions is refused, with a hint", closedWorkspace),
        HostileCheck("A repository taken by root of the container is moved aside by its user", closedRepository),
        HostileCheck("Occupied names do not lock the user out", usedUpNames),
    ]

    /// The checks that depend on how the trees are mounted.
    static let mounting = [
        HostileCheck("A subdirectory replaced by a link is never mounted", exchanged),
        HostileCheck("Repositories of other layouts are guarded as well", shapes),
        HostileCheck("Read-only directories include the mounts below them", readOnly),
    ]

    /// Runs the check with a secret in a directory of root beside the project, which must not change.
    func run(_ harness: RunHarness) async throws {
        let listing = "cd \"$PROJECT/../../outside\" && find . -printf '%p %y %i %m %u %s %T@\\n' | sort && cat secret"
        try await Shell.must(
            "mkdir -p \"$1/outside/hooks\"; echo hidden-canary > \"$1/outside/secret\"; chmod -R go= \"$1/outside\"",
            [harness.directory.string])
        let before = try await harness.host(listing)
        try await body(harness)
        let after = try await harness.host(listing)
        #expect(after.output == before.output, "\(harness.engine): \(testDescription)")
    }
}

extension HostileCheck {
    @Sendable static func inGuardedPlaces(_ harness: RunHarness) async throws {
        let attacks = [
            "mkdir -p .git/modules/e; echo x > .git/modules/e/HEAD; ln -s OUTSIDE .git/modules/e/hooks",
            "mkdir -p .git/modules/e; echo x > .git/modules/e/HEAD; ln -s OUTSIDE/secret .git/modules/e/config",
            "ln -s OUTSIDE/secret .git/config.worktree", "ln -s /nonexistent .git/config.worktree",
            "mkdir -p .git/modules/f; echo x > .git/modules/f/HEAD; mkfifo .git/modules/f/config",
            "mkdir .git/config.worktree", "ln -s OUTSIDE .git/modules",
        ]
        for attack in attacks {
            let script = attack.replacing("OUTSIDE", with: "\(harness.directory)/outside")
            #expect(try await harness.inside(script).status == 0, "\(harness.engine) \(attack)")
            let refused = try await harness.inside("find / -name secret -type f -exec cat {} + 2> /dev/null")
            #expect(refused.status == 2, "\(harness.engine) \(attack): \(refused.output) \(refused.error)")
            #expect(refused.error.contains("projects repair") && !refused.output.contains("canary"))
            let repaired = try await harness.host("\"$PROGRAM\" projects repair --yes")
            #expect(repaired.status == 0 && repaired.output.contains("quarantined-"), "\(attack): \(repaired.error)")
            let next = try await harness.inside("sudo find .git -type f -exec cat {} + 2> /dev/null; echo ok")
            #expect(next.status == 0 && next.output.hasSuffix("ok\n"), "\(harness.engine) \(attack): \(next.error)")
            #expect(!next.output.contains("canary"))
            #expect(
                try await harness.host("git config --global --add safe.directory \"$PWD\"; git status --porcelain")
                    .status
                    == 0)
            try await Shell.must("rm -rf \"$1\"/.git/*quarantined-* \"$1\"/.git/modules", [harness.project.string])
        }
    }

    @Sendable static func pointers(_ harness: RunHarness) async throws {
        let setUp = """
            export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
            git config --global --add safe.directory '*'
            git init -q ../victim; git -C ../victim commit -q --allow-empty -m x; git -C ../victim worktree add -q ../vtree -b v
            mkdir ../bare; chown -R 4321:4321 ../victim ../vtree ../bare
            """
        try await Shell.must("cd \"$PROJECT\"; \(setUp)", environment: harness.variables)
        let work = "\(harness.directory)/work"
        let targets = [
            "\(harness.directory)/outside", "\(work)/victim/.git", "\(work)/victim/.git/worktrees/vtree",
            "../victim/.git",
            "/etc",
        ]
        for target in targets {
            try await Shell.must("rm -rf \"$1/.git\"", ["\(work)/bare"])
            let attack = try await harness.inside("echo 'gitdir: \(target)' > .git", "--project \(work)/bare")
            #expect(attack.status == 0, "\(harness.engine) \(attack.error)")
            let next = try await harness.inside("echo started", "--project \(work)/bare")
            #expect(next.status == 64 && next.output == "", "\(harness.engine) \(target): \(next.output) \(next.error)")
            let repaired = try await harness.host("\"$PROGRAM\" projects repair --yes \(work)/bare")
            #expect(repaired.status == 0, "\(target): \(repaired.error)")
            #expect(try await harness.inside("echo started", "--project \(work)/bare").output == "started\n")
        }
        // A work tree that its repository knows: it must be confirmed, and is then remembered.
        let unasked = try await harness.inside("echo started", "--project \(work)/vtree")
        #expect(unasked.status == 64 && unasked.error.contains("--allow-repository"))
        let named = try await harness.inside(
            "git log --format=%s", "--project \(work)/vtree --allow-repository \(work)/victim/.git")
        #expect(named.output == "x\n", "\(harness.engine) \(named.error)")
    }

    @Sendable static func inTheHome(_ harness: RunHarness) async throws {
        try await Shell.must(
            "mkdir -p \"$1/home/.config/opencode\"; echo '{}' > \"$1/home/.config/opencode/opencode.json\"",
            [harness.directory.string])
        let outside = "\(harness.directory)/outside"
        let attacks = [
            "rm -rf ~/.config/opencode; ln -s \(outside) ~/.config/opencode",
            "rm -rf ~/.config/opencode/opencode.json; ln -s \(outside)/secret ~/.config/opencode/opencode.json",
            "rm -rf ~/.config/opencode/opencode.json; mkfifo ~/.config/opencode/opencode.json",
            "rm -rf ~/.config/opencode/opencode.json; mkdir ~/.config/opencode/opencode.json",
        ]
        for attack in attacks {
            #expect(try await harness.inside(attack).status == 0)
            let next = try await harness.inside(
                "stat -c '%F %u' ~/.config/opencode/opencode.json; cat ~/.config/opencode/opencode.json")
            #expect(
                next.status == 0 && next.output.hasPrefix("regular file \(RunHarness.owner)\n{}"),
                "\(harness.engine) \(attack): \(next.output) \(next.error)")
        }
    }

    @Sendable static func exchanged(_ harness: RunHarness) async throws {
        let swapping = """
            python3 - <<'END' &
            import ctypes, os
            libc = ctypes.CDLL(None)
            os.makedirs("sub", exist_ok=True); os.symlink("\(harness.directory)/outside", "link")
            while not os.path.exists("stop"):
                libc.renameat2(-100, b"sub", -100, b"link", 2)
            END
            while [ ! -e stop ]; do sleep 0.1; done; wait
            """
        async let attacker = harness.inside(swapping)
        try await Shell.must("until [ -e \"$1/sub\" ]; do sleep 0.1; done", [harness.project.string])
        for _ in 0..<20 {
            let start = try await harness.inside("sudo cat /workspace/secret", "--project \(harness.project)/sub")
            #expect(!start.output.contains("canary"), "\(harness.engine) \(start.error)")
        }
        try await Shell.must("touch \"$1/stop\"", [harness.project.string])
        #expect(try await attacker.status == 0)
    }
}

extension EndToEnd {
    /// Files of a container can control neither the launcher nor git on the host.
    @Suite(.serialized)
    struct HostileTests {
        @Test("On the embedded engine", arguments: HostileCheck.all)
        func embedded(check: HostileCheck) async throws {
            try await RunHarness.with(check.run)
        }

        @Test("On Docker, with one daemon for all", .enabled(if: Daemon.isPossible))
        func docker() async throws {
            try await Daemon.with { daemon in
                for check in HostileCheck.all {
                    try await RunHarness.with(engine: "docker", environment: daemon.environment, check.run)
                }
            }
        }

        @Test("On Docker, for a launcher without permission to mount", .enabled(if: Daemon.isPossible))
        func ordinary() async throws {
            try await Daemon.with { daemon in
                for check in HostileCheck.mounting {
                    try await RunHarness.with(
                        engine: "docker", environment: daemon.environment, isOrdinary: true, check.run)
                }
            }
        }
    }
}
