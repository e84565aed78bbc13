// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension HostileCheck {
    @Sendable static func twoStates(_ harness: RunHarness) async throws {
        let waiting = "touch ready; while [ ! -e go ]; do sleep 0.05; done; git config a.b c 2> /dev/null || echo held"
        async let first = harness.inside(waiting)
        try await Shell.must("until [ -e \"$1/ready\" ]; do sleep 0.1; done", [harness.project.string])
        let second = try await harness.inside("true", "", ["OPENCODE_DOCKER_STATE": "\(harness.directory)/other-state"])
        #expect(second.status == 0, "\(harness.engine) \(second.error)")
        #expect(try await harness.host("ls .git/commondir .git/config.lock").status == 0, "the first one's guard stays")
        try await Shell.must("touch \"$1/go\"", [harness.project.string])
        #expect(try await first.output == "held\n", "\(harness.engine)")
        #expect(try await harness.host("ls .git/commondir .git/config.lock").status != 0, "the last one takes it away")
        // At the same time, also with a work tree of the same repository.
        let setUp =
            "git config --global --add safe.directory '*'; git worktree add -q ../wt -b wt; chown -R 4321:4321 .."
        try await Shell.must("cd \"$PROJECT\"; \(setUp)", environment: harness.variables)
        let held = "sleep 2; git config a.b c 2> /dev/null || echo held"
        async let left = harness.inside(held)
        async let right = harness.inside("true")
        async let tree = harness.inside("true", "--project ../wt --allow-repository .git")
        let endings = try await [left, right, tree]
        #expect(endings.map(\.status) == [0, 0, 0], "\(harness.engine) \(endings.map(\.error))")
        #expect(endings[0].output == "held\n", "\(harness.engine) the work tree's end leaves the guard")
    }

    @Sendable static func locked(_ harness: RunHarness) async throws {
        let setUp =
            "git config --global --add safe.directory '*'; git worktree add -q ../other -b other; chown -R 4321:4321 .."
        try await Shell.must("cd \"$PROJECT\"; \(setUp)", environment: harness.variables)
        let attack = """
            git worktree prune 2> /dev/null; rm -rf .git/worktrees/other 2> /dev/null; ls .git/worktrees; touch ready
            while [ ! -e go ]; do git config core.fsmonitor 'touch /tmp/x; false' 2> /dev/null && echo won; done
            """
        async let inside = harness.inside(attack)
        try await Shell.must("until [ -e \"$1/ready\" ]; do sleep 0.1; done", [harness.project.string])
        let host = try await harness.host(
            """
            for i in $(seq 200); do git config x.y $i 2> error && echo wrote; done; cat error
            for i in $(seq 30); do "$PROGRAM" git-config -- z.y $i || echo failed; done; touch go
            """)
        #expect(
            !host.output.contains("wrote") && !host.output.contains("failed")
                && host.output.contains("could not lock config file"), "\(host.output)")
        let ending = try await inside
        #expect(ending.output == "other\n", "\(harness.engine) \(ending.output)")
        let after = try await harness.host(
            "git config x.y 1 && git -C ../other log --format=%s && git config z.y && git config core.fsmonitor")
        #expect(after.output == "first\n30\n", "\(harness.engine) \(after.error)")
        // git's own lock is waited for, then reported; this program's stale lock is reused.
        let foreign = try await harness.host(
            "touch .git/config.lock; \"$PROGRAM\" run -- true; echo $?; rm .git/config.lock")
        #expect(foreign.output == "75\n" && foreign.error.contains("config.lock"), "\(foreign.error)")
    }

    @Sendable static func replaced(_ harness: RunHarness) async throws {
        // The launcher stops the container; the limit only bounds the test.
        let attack = """
            touch ready; timeout 60 sh -c 'while :; do printf "[core]\\nfsmonitor = ./x\\n" >> .git/config; done' 2> /dev/null
            """
        async let inside = harness.inside(attack)
        try await Shell.must("until [ -e \"$1/ready\" ]; do sleep 0.1; done", [harness.project.string])
        let host = try await harness.host(
            """
            git config --global --add safe.directory "$PWD"; cp .git/config known; sed -i s/x/x/ .git/config
            """)
        #expect(host.status == 0)
        let ending = try await inside
        #expect(
            ending.error.contains("the known one is restored") && ending.error.contains("The container is stopped"),
            "\(harness.engine) \(ending.error)")
        let after = try await harness.host(
            "cmp known .git/config; git config core.fsmonitor; rm .git/*quarantined* known ready")
        #expect(after.output == "", "\(harness.engine) \(after.output)")
    }

    @Sendable static func shapes(_ harness: RunHarness) async throws {
        let setUp = """
            git config --global --add safe.directory '*'; cd ..
            mkdir sep; git init -q --separate-git-dir=sep/store sep; git init -q --bare bare; git init -q extra
            mkdir -p nest/a/b; git init -q nest/a/b; git clone -q --bare api dot/.bare; echo 'gitdir: ./.bare' > dot/.git
            git clone -q --bare api lay/.bare; git -C lay/.bare worktree add -q -b laid ../tree; chown -R 4321:4321 .
            """
        try await Shell.must("cd \"$PROJECT\"; \(setUp)", environment: harness.variables)
        let laid = try await harness.inside(
            "cd tree; echo x > f; git add f; git commit -qm second; git log --format=%s; git config a.b c 2> /dev/null || echo held",
            "--project \(harness.directory)/work/lay --same-path")
        #expect(laid.output == "second\nfirst\nheld\n", "\(harness.engine) \(laid.error)")
        let work = "\(harness.directory)/work"
        let cases = [
            ("--project \(work)/sep", "git config a.b c"), ("--project \(work)/sep", "echo x > store/hooks/pre-commit"),
            ("--project \(work)/sep", "mv store s"), ("--project \(work)/bare", "git config a.b c"),
            ("--project \(work)/bare", "echo x > hooks/pre-commit"), ("--project \(work)/dot", "git config a.b c"),
            ("--project \(work)/nest", "git -C a/b config a.b c"), ("--project \(work)/nest", "mv a/b/.git x"),
            ("--add-dir \(work)/extra", "git -C /mnt/extra config a.b c"),
            ("--add-dir \(work)/extra", "mv /mnt/extra/.git /mnt/extra/x"),
        ]
        for (options, attack) in cases {
            let ending = try await harness.inside("if \(attack) 2> /dev/null; then echo done; fi", options)
            #expect(
                ending.status == 0 && ending.output == "", "\(harness.engine) \(options) \(attack): \(ending.error)")
        }
    }

    @Sendable static func manyModules(_ harness: RunHarness) async throws {
        let attack = "for i in $(seq 70); do mkdir -p .git/modules/m$i; echo x > .git/modules/m$i/HEAD; done"
        #expect(try await harness.inside(attack).status == 0)
        let next = try await harness.inside(
            "if echo x > .git/modules/m70/hooks/post-checkout; then echo done; fi 2> /dev/null")
        #expect(next.status == 0 && next.output == "", "\(harness.engine) \(next.error)")
    }

    @Sendable static func beheaded(_ harness: RunHarness) async throws {
        let attack = """
            cp -r .git/objects .git/refs .; mv .git/HEAD HEAD; cp .git/index index 2> /dev/null
            printf '[core]\\nbare = false\\nworktree = .\\nfsmonitor = "CMD;false"\\n' > config
            """
        let ending = try await harness.inside(attack)
        #expect(ending.error.contains("is no longer a repository"), "\(harness.engine) \(ending.error)")
    }

    @Sendable static func readOnly(_ harness: RunHarness) async throws {
        let docs = "\(harness.directory)/work/docs"
        let setUp = "mkdir -p \(docs)/below; mount -t tmpfs -o mode=777 tmpfs \(docs)/below; chown 4321 \(docs)"
        try await Shell.must(setUp)
        let ending = try await harness.inside(
            "touch /mnt/docs/x /mnt/docs/below/x 2> /dev/null || echo held; touch x", "--add-dir \(docs):ro")
        let left = try await Shell.must("ls \(docs) \(docs)/below; umount \(docs)/below; rm -r \(docs)")
        #expect(ending.output == "held\n" && !left.contains("x\n"), "\(harness.engine) \(ending.error)")
        let project = try await harness.inside(
            "touch y 2> /dev/null || echo held; git log --format=%s", "--project \(harness.project):ro")
        #expect(project.output == "held\nfirst\n", "\(harness.engine) \(project.error)")
    }

    @Sendable static func dryRun(_ harness: RunHarness) async throws {
        let listing = "find \"$PROJECT/../..\" -printf '%p %y %i %C@\\n' | sort"
        let before = try await harness.host(listing)
        let printed = try await harness.host("\"$PROGRAM\" run --dry-run -- true")
        #expect(printed.status == 0 && printed.output.contains("/workspace"), "\(harness.engine) \(printed.error)")
        #expect(try await harness.host(listing).output == before.output, "\(harness.engine)")
    }
}
