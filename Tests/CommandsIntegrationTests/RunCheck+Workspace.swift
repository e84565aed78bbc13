// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension RunCheck {
    /// rename(2) itself: mv(1) would copy and delete when it fails.
    private static let rename = "ren() { python3 -c 'import os, sys; os.rename(*sys.argv[1:])' \"$@\"; }\n"

    @Sendable static func basics(_ harness: RunHarness) async throws {
        let ending = try await harness.inside(
            "id -u; pwd; sudo -n id -u; echo x > made; git status --porcelain; git config user.name; ls -A ~ | grep -xE '\\.(profile|zshrc)'; exit 7"
        )
        #expect(
            ending.output == "\(RunHarness.owner)\n/workspace\n0\n?? made\nAda \"B\"\n.profile\n.zshrc\n",
            "\(harness.engine)")
        #expect(ending.status == 7, "\(ending.error)")
        let owner = try await harness.host("stat -c %u:%g made; ls .git; cat made")
        #expect(owner.output.hasPrefix("\(RunHarness.owner):\(RunHarness.owner)\n"))
        #expect(!owner.output.contains("commondir"))
        for status in [0, 1, 130, 143] {
            #expect(try await harness.inside("exit \(status)").status == Int32(status))
        }
    }

    @Sendable static func guarded(_ harness: RunHarness) async throws {
        let attempts = [
            "echo x > .git/hooks/pre-commit", "git config core.pager evil", "echo x >> .git/config",
            "ren .git .g", "rm -rf .git/hooks", "ren .git/hooks .git/h", "rm .git/config",
            "echo /tmp > .git/commondir", "rm -f .git/commondir", "ren .git/config .git/c",
            "ln -sf /tmp/x .git/config", "git config --file .git/config a.b c", "umount .git/hooks",
            "sudo -n sh -c 'echo x > .git/hooks/x'", "sudo -n umount .git/config", "chmod 777 .git/hooks",
        ]
        let before = try await harness.host("cat .git/config; ls -lA .git/hooks; cat .git/HEAD")
        let script = attempts.map { "if (\($0)) 2> /dev/null; then echo \"done: \($0)\" | tr \"'\" ' '; fi" }
        let ending = try await harness.inside(rename + script.joined(separator: "\n"))
        #expect(ending.output == "", "\(harness.engine)")
        let after = try await harness.host("cat .git/config; ls -lA .git/hooks; cat .git/HEAD")
        #expect(before.output == after.output)
        // git itself works.
        // git removes quotes from the end of a name.
        let work = "git checkout -q -b other && git commit -q --allow-empty -m second && git log --format=%s%an"
        #expect(try await harness.inside(work).output == "secondAda \"B\nfirsta\n")
        let loose = try await harness.inside("git config a.b c && echo changed", "--allow-git-config")
        #expect(loose.output == "changed\n" && loose.error.contains("--allow-git-config"))
        #expect(loose.error.contains(".git/config"), "the report names it")
    }

    @Sendable static func submodules(_ harness: RunHarness) async throws {
        let setUp = """
            export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
            git config --global protocol.file.allow always; git config --global --add safe.directory '*'
            git init -q ../lib && git -C ../lib commit -q --allow-empty -m x
            git submodule --quiet add "$PWD/../lib" deep/lib && git commit -q -m sub
            git worktree add -q ../tree; chown -R 4321:4321 .. 2>&1
            """
        #expect(try await harness.host(setUp).status == 0)
        let attempts = [
            "echo x > .git/modules/deep/lib/hooks/pre-commit", "git -C deep/lib config a.b c", "ren deep d",
            "ren deep/lib deep/x", "echo gitdir: /tmp > deep/lib/.git", "rm deep/lib/.git", "ren .git/modules m",
            "ren .git/modules/deep .git/modules/m", "echo /tmp > .git/worktrees/tree/commondir", "ren .git/worktrees w",
            "ren .git/worktrees .git/w",
        ]
        let script = attempts.map { "if (\($0)) 2> /dev/null; then echo \"done: \($0)\"; fi" }
        let ending = try await harness.inside(
            rename + script.joined(separator: "\n") + "\ngit -C deep/lib log --format=%s")
        #expect(ending.output == "x\n", "\(harness.engine) \(ending.error)")
        let tree = try await harness.inside(
            "git log --format=%s -1; (echo x > .git) 2> /dev/null || echo held; git config a.b c 2> /dev/null || echo held",
            "--project \"$PWD/../tree\" --allow-repository \"$PWD/.git\"")
        #expect(tree.output == "sub\nheld\nheld\n", "\(harness.engine) \(tree.error)")
    }

    @Sendable static func canary(_ harness: RunHarness) async throws {
        let canary = "canary" + String(UInt64.random(in: 0 ... .max))
        let script = """
            printf 'protocol=https\\nhost=github.com\\n\\n' | git credential fill | grep password
            { git config -l; git remote -v; env; cat /proc/*/cmdline /proc/*/environ; } 2> /dev/null | grep -c '[c]anary'
            touch ready; while [ ! -e go ]; do sleep 0.05; done
            """
        let watch = """
            cat > script; GH_TOKEN=$1 "$PROGRAM" run --network none -- sh ./script > out 2> err & launcher=$!
            for i in $(seq 400); do [ -e ready ] && break; sleep 0.05; done
            if [ "$OPENCODE_DOCKER_ENGINE" != embedded ]; then
                engine=$OPENCODE_DOCKER_ENGINE; id=$($engine ps -q); $engine inspect "$id" | grep -c "$1"
                $engine logs "$id" 2>&1 | grep -c "$1"; image=$($engine commit --quiet "$id" 2> /dev/null || $engine commit "$id")
                $engine image inspect "$image" | grep -c "$1"; $engine history --no-trunc "$image" | grep -c "$1"
            fi
            for p in /proc/[0-9]*; do
                tr '\\0' ' ' < $p/cmdline 2> /dev/null | grep -qE "^(docker|podman) .*run" || continue
                cat $p/cmdline $p/environ | grep -c "$1"
            done
            grep -rl "$1" "$OPENCODE_DOCKER_STATE" "$HOME" .git
            touch go; wait $launcher; cat out; rm script out err ready go; ls "$XDG_RUNTIME_DIR"/opencode-docker-0
            """
        let ending = try await harness.host(
            "printf '%s' \"$2\" | { \(watch)\n}", [canary, script])
        let lines = ending.output.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0 != "0" } == ["password=\(canary)"], "\(harness.engine) \(ending.error)")
    }

    @Sendable static func refused(_ harness: RunHarness) async throws {
        let script = """
            mkdir -p "$HOME/.ssh"; ln -s "$HOME/.ssh" link
            for dir in / /etc "$HOME" "$HOME/.ssh" "$HOME/.." link /proc/self/root/etc ../../home /nonexistent; do
                "$PROGRAM" run --project "$dir" -- touch "$1/ran" 2> err; echo $?; grep -c '^error:' err
                "$PROGRAM" run --add-dir "$dir:ro" -- touch "$1/ran" 2> err; echo $?
            done
            """
        let ending = try await harness.host(script, [harness.directory.string])
        #expect(ending.output == String(repeating: "64\n1\n64\n", count: 9), "\(ending.error)")
        #expect(!Files.exists(harness.directory.appending("ran")))
    }

    @Sendable static func oddNames(_ harness: RunHarness) async throws {
        for name in ["a b", "a:b", "a,b", "a\"b", "a'b", "-x", "$(id)", "é", "a\\b"] {
            let script =
                "mkdir -p \"./$1\"; echo here > \"./$1/f\"; \"$PROGRAM\" run --network none \"--project=$PWD/$1\" -- cat f"
            let ending = try await harness.host(script, [name])
            #expect(ending.output == "here\n", "\(harness.engine) \(name) \(ending.error)")
        }
    }
}
