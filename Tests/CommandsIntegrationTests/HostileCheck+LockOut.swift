// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension HostileCheck {
    @Sendable static func closedHome(_ harness: RunHarness) async throws {
        try await Shell.must(
            "mkdir -p \"$1\"; echo '{}' > \"$1/opencode.json\"; chown -R 4321 \"$1\"",
            ["\(harness.directory)/home/.config/opencode"])
        #expect(try await harness.inside("true").status == 0)
        let attack = """
            sudo chown 0:0 ~/.local ~/.config/opencode ~/.ssh; sudo chmod 700 ~/.local ~/.config/opencode ~/.ssh
            chmod 000 ~/.cache ~/.config
            """
        #expect(try await harness.inside(attack).status == 0)
        let next = try await harness.inside(
            "touch ~/.local/x ~/.ssh/x ~/.cache/x ~/.config/x && cat ~/.config/opencode/opencode.json")
        #expect(next.status == 0 && next.output == "{}\n", "\(harness.engine) \(next.output) \(next.error)")
        // Root restores their owner; an ordinary user can only create new ones.
        #expect(next.error.contains("moved aside") == harness.isOrdinary, "\(harness.engine) \(next.error)")
        let third = try await harness.inside("ls ~/.local")
        #expect(
            third.output.contains("x\n") && !third.error.contains("moved aside"), "\(harness.engine) \(third.error)")
    }

    @Sendable static func closedWorkspace(_ harness: RunHarness) async throws {
        #expect(try await harness.inside("chmod 700 /workspace").status == 0)
        let open = try await harness.inside("touch x && rm x && echo open")
        #expect(open.output == "open\n", "\(harness.engine) \(open.error)")
        #expect(try await harness.inside("chmod 000 /workspace").status == 0)
        let refused = try await harness.inside("echo started", "--project \(harness.project)")
        #expect(refused.status == 64 && refused.output == "", "\(harness.engine) \(refused.error)")
        #expect(refused.error.contains("chmod u+rwx \(harness.project)"), "\(harness.engine) \(refused.error)")
        try await Shell.must("chmod 755 \"$1\"", [harness.project.string])
        #expect(try await harness.inside("echo started").output == "started\n")
    }

    /// Directories taken by root of the container are moved aside by the user who owns the nearest parent.
    @Sendable static func closedRepository(_ harness: RunHarness) async throws {
        let plain = "setpriv --reuid 4321 --regid 4321 --clear-groups --inh-caps=-all"
        let attacks = [
            ("sudo chown 0:0 .git; sudo chmod 700 .git", ".git.quarantined-1"), ("chmod 000 .git", ".git"),
            (
                "printf '[submodule \"x\"]\\npath = a/b\\nurl = x\\n' > .gitmodules; mkdir -p a/b; git init -q a/b; "
                    + "sudo chown 0:0 a/b a/b/.git; sudo chmod 700 a/b/.git", "a/b.quarantined-1"
            ), ("git init -q a; chmod 000 a/.git", "a/.git"),
            ("git init -q a; sudo chown 0:0 a/.git; sudo chmod 700 a/.git", "a/.git.quarantined-1"),
        ]
        for (attack, place) in attacks {
            try await Shell.must("git -C \"$1\" init -q; chown -R 4321:4321 \"$1\"", [harness.project.string])
            #expect(try await harness.inside(attack).status == 0, "\(harness.engine) \(attack)")
            let repaired = try await harness.host(
                "mkdir -p \"$HOME/state\"; chown -R 4321 \"$HOME\"; OPENCODE_DOCKER_STATE=$HOME/state \(plain) \"$1\" projects repair --yes",
                [Harness.program.string])
            #expect(
                repaired.status == 0 && repaired.output == "\(harness.project)/\(place)\n",
                "\(harness.engine) \(attack): \(repaired.output) \(repaired.error)")
            try await Shell.must(
                "cd \"$1\"; rm -rf *quarantined* .git.quarantined* a .gitmodules", [harness.project.string])
        }
    }

    /// Repositories above the limits, or with unrepresentable names, are left unguarded, with warnings at the start and
    /// the end.
    @Sendable static func tooMuch(_ harness: RunHarness) async throws {
        let attack = """
            for i in $(seq 700); do mkdir m$i; cp -r .git m$i/.git; echo "path = m$i" >> .gitmodules; done 2> /dev/null
            n=$(printf %0250d 0); d=$n; for i in $(seq 14); do d=$d/$n; done; mkdir -p $d; cp -r .git $d/.git 2> /dev/null
            d="$(printf 'x\\377')"; mkdir "$d"; cp -r .git "$d/.git" 2> /dev/null; true
            """
        #expect(try await harness.inside(attack).status == 0)
        let next = try await harness.inside("echo started; git config a.b c 2> /dev/null || echo held")
        #expect(next.output == "started\nheld\n", "\(harness.engine) \(next.error)")
        #expect(next.error.contains("more repositories were not guarded"), "\(harness.engine) \(next.error)")
        try await Shell.must("cd \"$1\"; rm -rf m[0-9]* 0* x* .gitmodules", [harness.project.string])
    }

    /// A nested repository of the container, whose files it gave second names.
    @Sendable static func hardLinks(_ harness: RunHarness) async throws {
        let attack = """
            git init -q sub; printf '#!/bin/sh\n' > sub/.git/hooks/pre-commit; ln sub/.git/config one
            ln sub/.git/hooks/pre-commit two
            """
        #expect(try await harness.inside(attack).status == 0)
        let next = try await harness.inside(
            """
            printf '[core]\nfsmonitor = ./x\n' >> one; echo evil >> two; git -C sub config core.fsmonitor || echo held
            ! grep evil sub/.git/hooks/pre-commit || exit; ln sub/.git/config three 2> /dev/null || echo no third
            """)
        #expect(next.output == "held\nno third\n", "\(harness.engine) \(next.output) \(next.error)")
        try await Shell.must("cd \"$1\"; rm -rf sub one two", [harness.project.string])
    }

    @Sendable static func usedUpNames(_ harness: RunHarness) async throws {
        let attack = """
            git init -q sub; rm sub/.git/config; mkfifo sub/.git/config
            for i in $(seq 1000); do : > sub/.git/config.quarantined-$i; done
            """
        #expect(try await harness.inside(attack).status == 0)
        #expect(try await harness.inside("echo started").status == 2)
        let repaired = try await harness.host("\"$PROGRAM\" projects repair --yes")
        #expect(repaired.status == 0 && repaired.output.contains("config.quarantined-"), "\(repaired.error)")
        #expect(try await harness.inside("echo started").output == "started\n")
    }
}
