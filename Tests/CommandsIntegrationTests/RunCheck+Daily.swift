// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// What the caller has set up on the machine, and how a container meets it.
extension RunCheck {
    /// A subdirectory of a repository: one line without a terminal, a question on one, asked once.
    @Sendable static func subdirectory(_ harness: RunHarness) async throws {
        let inside = "git rev-parse --show-prefix 2> /dev/null || echo part"
        let ask = """
            mkdir -p sub; chown "$1:$1" sub; cd sub; "$PROGRAM" run --network none -- sh -c "$2"
            for answer in y n y; do
                echo "$answer" | script -qec '"$PROGRAM" run --network none -- sh -c "$INSIDE"' /dev/null | tr -d '\\r' > out
                grep -c 'Use it as the project' out; grep -oE 'sub/|part' out; rm out
            done
            """
        let ending = try await harness.host(ask, ["\(RunHarness.owner)", inside], ["INSIDE": inside])
        #expect(ending.output == "part\n1\nsub/\n1\npart\n0\npart\n", "\(harness.engine) \(ending.output)")
        #expect(
            ending.error.contains("the repository begins at '\(harness.project)'. To include it: `--project"),
            "\(harness.engine) \(ending.error)")
    }

    /// The caller's global git configuration, and signatures by the caller's own key.
    @Sendable static func gitSettings(_ harness: RunHarness) async throws {
        let inside = """
            touch a.swp b; git add -A; git st; git config pull.rebase; git config credential.helper || echo none
            git commit -q -m signed; git cat-file commit HEAD | grep -c 'BEGIN SSH'
            """
        let script = """
            git config --global core.excludesFile '~/.ignored'; echo '*.swp' > "$HOME/.ignored"
            git config --global alias.st 'status --short'; git config --global pull.rebase true
            git config --global credential.helper store; git config --global gpg.format ssh
            ssh-keygen -q -t ed25519 -N '' -f "$HOME/.key"; git config --global user.signingKey '~/.key.pub'
            git config --file .git/config commit.gpgSign true; git config --file .git/config user.signingKey "$HOME/.key"; chown -R "$1:$1" .
            eval $(ssh-agent -s -a "$HOME/agent") > /dev/null; ssh-add -q "$HOME/.key"; chown -R "$3" "$HOME"
            "$PROGRAM" run --network none --ssh agent -- sh -c "$2"; kill "$SSH_AGENT_PID"
            unset SSH_AUTH_SOCK; "$PROGRAM" run --network none -- git commit -q --allow-empty -m x 2> err; echo $?
            grep -c 'demands signatures' err; rm -f err
            """
        let owner = harness.isOrdinary ? "\(RunHarness.owner)" : "0"
        let ending = try await harness.host(script, ["\(RunHarness.owner)", inside, owner])
        #expect(
            ending.output == "A  b\ntrue\nnone\n1\n128\n1\n", "\(harness.engine) \(ending.output) \(ending.error)")
    }

    /// Git LFS, and `/etc/gitconfig`, which the image keeps and root can write.
    @Sendable static func largeFiles(_ harness: RunHarness) async throws {
        let setUp = """
            git config --global --add safe.directory '*'; git lfs install --skip-repo > /dev/null; git lfs track '*.bin' > /dev/null
            head -c 3000 /dev/zero > a.bin; git add . && git commit -q -m large; chown -R "$1:$1" .
            [ -z "$2" ] || chown -R "$2" "$HOME"; git cat-file -p HEAD:a.bin | head -n 1
            """
        let owner = harness.isOrdinary ? "\(RunHarness.owner)" : ""
        let pointer = try await harness.host(setUp, ["\(RunHarness.owner)", owner])
        #expect(pointer.output == "version https://git-lfs.github.com/spec/v1\n", "\(pointer.error)")
        let work = """
            git status --porcelain; head -c 5000 /dev/zero > b.bin; git add b.bin; git commit -q -m more
            git cat-file -p HEAD:b.bin | grep size; rm a.bin; git checkout -q a.bin; stat -c %s a.bin
            git lfs install --skip-repo > /dev/null; git config user.email; git config init.defaultBranch
            """
        let root = """
            sudo -n git lfs install --skip-repo --system > /dev/null; sudo -n git config --system a.b c; git config a.b
            """
        let ending = try await harness.inside("\(work)\n\(root)")
        #expect(ending.output == "size 5000\n3000\na@b\nmain\nc\n", "\(harness.engine) \(ending.error)")
        let strict = try await harness.inside(work.replacing("b.bin", with: "c.bin"), "--profile strict")
        #expect(strict.output == "size 5000\n3000\na@b\nmain\n", "\(harness.engine) \(strict.error)")
        #expect(try await harness.host("git status --porcelain; git lfs ls-files -n").output == "a.bin\nb.bin\nc.bin\n")
    }

    /// The caller's variables for OpenCode arrive, or are named without their values; an image without an agent.
    @Sendable static func agentSettings(_ harness: RunHarness) async throws {
        let script = """
            mkdir -p "$HOME/.config/opencode"; echo '{"k": "{env:MY_KEY}"}' > "$HOME/.config/opencode/opencode.json"
            echo mine > "$HOME/own.json"; [ -z "$2" ] || chown -R "$2" "$HOME"
            export OPENCODE_PERMISSION='{"bash": "deny"}' OPENCODE_DISABLE_LSP_DOWNLOAD=1 OPENCODE_CONFIG=$HOME/own.json
            export MY_KEY=canary1 ANTHROPIC_API_KEY=canary2 HTTPS_PROXY=http://canary3
            "$PROGRAM" run --network none -- sh -c "$1" 2> err
            grep -o 'Set here, but not in the container: .*' err; grep -c canary err
            "$PROGRAM" run --network none --dry-run -- true 2>&1 | grep -c 'canary\\|deny'; rm err
            echo 'echo in the shell' | "$PROGRAM" run --network none --base 2> err; grep -c 'built with --base' err; rm err
            "$PROGRAM" run --network none --base -c 2> err || echo $?; grep -c 'no coding agent that options' err; rm err
            """
        let inside =
            "printenv OPENCODE_PERMISSION OPENCODE_DISABLE_LSP_DOWNLOAD; cat \"$OPENCODE_CONFIG\"; printenv MY_KEY"
        let ending = try await harness.host(script, [inside, harness.isOrdinary ? "\(RunHarness.owner)" : ""])
        let expected = """
            {"bash": "deny"}
            1
            mine
            Set here, but not in the container: ANTHROPIC_API_KEY, HTTPS_PROXY, MY_KEY. To provide one: `--env ANTHROPIC_API_KEY`.
            0
            0
            in the shell
            1
            127
            1

            """
        #expect(ending.output == expected, "\(harness.engine) \(ending.output) \(ending.error)")
    }

    /// Directories that the caller cannot write to are read-only, with one line.
    @Sendable static func unwritable(_ harness: RunHarness) async throws {
        let attempt = "git log --format=%s; { echo x > f; } 2> /dev/null || echo held"
        for (close, reason) in [
            ("chmod -R a-w .", "chmod u+w"),
            ("mount --bind . . && mount -o remount,ro,bind .", "its file system is"),
        ] {
            try await Shell.must("cd \"$1\"; \(close)", [harness.project.string])
            let ending = try await harness.host(
                "\"$PROGRAM\" run --network none --project \"$PWD\" -- sh -c \"$1\"", [attempt])
            try await Shell.must(
                "cd /; umount \"$1\" 2> /dev/null; cd \"$1\"; chmod -R u+w .", [harness.project.string])
            #expect(ending.output == "first\nheld\n", "\(harness.engine) \(close): \(ending.output) \(ending.error)")
            let lines = ending.error.split(separator: "\n").filter { $0.contains("is read-only in the container") }
            #expect(lines.count == 1 && lines[0].contains(reason), "\(harness.engine) \(ending.error)")
        }
    }

    /// Limits that a container reaches, and a kill from outside, are named after its end; a failed program is not.
    @Sendable static func explainedEnds(_ harness: RunHarness) async throws {
        let bomb = "(for i in $(seq 40); do sleep 3 & done); exec perl -e 'sleep 1; exit 3'"
        let grow = "exec tail /dev/zero"
        let isLimited = Files.exists("/sys/fs/cgroup") && !harness.isOrdinary
        let cases = [
            ("--pids-limit 24", bomb, "limit of 24 processes", isLimited),
            ("--memory 64m", grow, "killed at the memory limit of 64m; `--memory`", isLimited),
            ("", "exit 7", "program in the container was", false), ("", "exit 7", "limit", false),
        ]
        for (options, script, words, isExpected) in cases {
            let ending = try await harness.inside(script, options)
            #expect(ending.status != 0, "\(harness.engine) \(script)")
            let isNamed = ending.error.contains("opencode-docker: warning: ") && ending.error.contains(words)
            #expect(isNamed == isExpected, "\(harness.engine) \(script) \(ending.status): \(ending.error)")
        }
        let killed = """
            "$PROGRAM" run --network none -- sh -c 'touch ready; sleep 47.11' 2> error & launcher=$!
            while [ ! -e ready ]; do sleep 0.05; done; rm ready
            if [ "$OPENCODE_DOCKER_ENGINE" = embedded ]; then kill -KILL $(pgrep -fx 'sleep 47.11' | head -n 1)
            else "$OPENCODE_DOCKER_ENGINE" kill $("$OPENCODE_DOCKER_ENGINE" ps -q --filter label=opencode-docker.project); fi > /dev/null
            wait $launcher; echo $?; grep -o 'from outside' error; rm error
            """
        let ending = try await harness.host(killed)
        #expect(ending.output == "137\nfrom outside\n", "\(harness.engine) \(ending.output) \(ending.error)")
    }
}
