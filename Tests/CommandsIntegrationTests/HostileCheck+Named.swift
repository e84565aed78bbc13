// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension HostileCheck {
    /// A way in which the caller's git finds hooks in a mounted directory.
    private struct NamedHooks {
        /// Creates it, in the project.
        let setUp: String
        /// Options of the run.
        var options = ""
        /// The hook, in the container.
        var hook = "tools/h/pre-commit"
    }

    private static let namedHooks = [
        NamedHooks(
            setUp: """
                mkdir -p ~/.config/git; printf '[includeIf "gitdir:/"]\\n path = work.inc\\n' > ~/.config/git/config
                printf '[core]\\n hooksPath = %s/tools/h\\n' "$PWD" > ~/.config/git/work.inc
                """),
        NamedHooks(
            setUp: """
                printf '[include]\\n path = %s/.gitinc\\n[core]\\n hooksPath = %s/tools/h\\n' "$PWD" "$PWD" > ~/.gitconfig
                echo '[' > .gitinc
                """),
        NamedHooks(
            setUp: """
                printf '[include]\\n path = %s/.gitinc\\n[core]\\n hooksPath = %s/tools/h\\n' "$PWD" "$PWD" > ~/.gitconfig
                { printf '[x "%04000d"]\\n' 0; for i in $(seq 2500); do echo "v$i = 1"; done; } > .gitinc
                """),
        NamedHooks(
            setUp: """
                mkdir -p ../other; git init -q ../other; mv tools ../other
                git config --file ../other/.git/config core.hooksPath tools/h
                """, options: "--add-dir ../other/tools", hook: "/mnt/tools/h/pre-commit"),
        NamedHooks(
            setUp: """
                git -c safe.directory='*' worktree add -q ../linked -b linked; mv tools ../linked
                git config --file .git/config core.hooksPath tools/h
                """, options: "--project ../linked/tools", hook: "h/pre-commit"),
        NamedHooks(setUp: "git config --global core.hooksPath .own", hook: ".git/.own/post-receive"),
        NamedHooks(setUp: "git config --global core.hooksPath one/two", hook: "one/two/pre-commit"),
        NamedHooks(setUp: "git config --global include.path \"$PWD/.later\"", hook: ".later"),
        NamedHooks(
            setUp: """
                mkdir ~/hooks; mount --bind tools/h ~/hooks; git config --global core.hooksPath '~/hooks'
                """),
    ]

    @Sendable static func namedHooks(_ harness: RunHarness) async throws {
        for (number, item) in namedHooks.enumerated() {
            let home = "\(harness.directory)/home-\(number)"
            let more = ["HOME": home, "XDG_CONFIG_HOME": "\(home)/.config"]
            let setUp = """
                mkdir -p "$HOME" "$XDG_CONFIG_HOME" tools/h; printf '#!/bin/sh\\n' > tools/h/pre-commit; rm -f .gitinc
                \(item.setUp)
                chown -R 4321:4321 ..
                """
            try await Shell.must("cd \"$PROJECT\"; \(setUp)", environment: harness.variables.merging(more) { $1 })
            let ending = try await harness.inside("echo started; echo >> \(item.hook)", item.options, more)
            #expect(ending.output == "started\n", "\(harness.engine) \(item) \(ending.error)")
            #expect(ending.error.contains("Read-only file system"), "\(harness.engine) \(item) \(ending.error)")
            // git of the launcher reads such files as well: it writes no trace where one of them says so.
            let trace = "printf '[trace2]\\n normalTarget = \(harness.directory)/traced\\n' >> ~/.gitconfig"
            _ = try await harness.host("\(trace); \"$PROGRAM\" doctor; \"$PROGRAM\" run --dry-run -- true", [], more)
            #expect(!Files.exists(harness.directory.appending("traced")), "\(harness.engine) \(item)")
            try await Shell.must(
                "cd \"$PROJECT\"; ! mountpoint -q ~/hooks || umount ~/hooks; test ! -e .git/.own -a ! -e one -a ! -e .later",
                environment: harness.variables.merging(more) { $1 })
        }
    }

    @Sendable static func movedLinks(_ harness: RunHarness) async throws {
        let outside = "\(harness.directory)/outside"
        let plant = """
            ln -s \(outside) x; mkdir -p ~/.config/opencode; ln -s \(outside)/secret ~/.config/opencode/a.md
            mkdir conf; ln -s \(outside)/secret conf/b.md
            """
        #expect(try await harness.inside(plant).status == 0)
        let home = "projects/*/home/.config/opencode"
        let move = """
            mkdir ../next; chown 4321:4321 ../next; mkdir -p ~/.config/opencode
            mv ../api ../before; mkdir ~/.config/opencode/bound; mount --bind ../before/conf ~/.config/opencode/bound
            ln -s "$(echo "$OPENCODE_DOCKER_STATE"/\(home))" ~/.config/opencode/planted
            """
        try await Shell.must("cd \"$PROJECT\"; \(move)", environment: harness.variables)
        let work = "\(harness.directory)/work"
        let run = "cd \(work)/next; \"$PROGRAM\" run --network none"
        for option in ["--add-dir ../before/x", "--project ../before/x"] {
            let ending = try await Shell.run("\(run) \(option) -- true", environment: harness.variables)
            #expect(ending.status == 64, "\(harness.engine) \(option) \(ending.error)")
            #expect(ending.error.contains("before/x"), "\(harness.engine) \(option) \(ending.error)")
        }
        let ending = try await Shell.run(
            "\(run) -- sh -c 'cd ~/.config/opencode; cat planted/a.md bound/b.md'", environment: harness.variables)
        #expect(!ending.output.contains("canary"), "\(harness.engine) \(ending.output) \(ending.error)")
        let back = """
            umount ~/.config/opencode/bound; rmdir ~/.config/opencode/bound; mv before api; rmdir next
            rm -r ~/.config/opencode/planted api/x api/conf
            """
        try await Shell.must("cd \(work); \(back)", environment: harness.variables)
    }
}
