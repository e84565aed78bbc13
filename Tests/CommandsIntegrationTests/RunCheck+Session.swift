// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension RunCheck {
    /// A git server with ssh on a socket in the workspace: a container without network reaches it through the file
    /// system.
    private static let server = """
        cd "$1"; for k in host me other; do ssh-keygen -q -t ed25519 -N '' -C $k -f $k; done
        cp me.pub authorized; chmod 600 authorized; git init -q --bare repo.git; mkdir -p run
        cat > sshd_config <<END
        HostKey $1/host
        AuthorizedKeysFile $1/authorized
        StrictModes no
        UsePAM no
        PidFile none
        END
        """

    @Sendable static func ssh(_ harness: RunHarness) async throws {
        let keys = harness.directory.appending("ssh")
        try await Shell.must("mkdir -p \"$1\" /run/sshd; \(server)", [keys.string])
        let script = """
            eval "$(ssh-agent -a "$1/agent")" > /dev/null; ssh-add -q "$1/me" "$1/other"
            before=$(stat -c '%a %u %g %Z' "$1/agent")
            printf '#!/bin/sh\\nexec nc -U /workspace/.server\\n' > .proxy; chmod +x .proxy
            python3 - "$1" <<'END' & server=$!
            import os, socket, subprocess, sys
            s = socket.socket(socket.AF_UNIX); s.bind(".server"); os.chmod(".server", 0o666); s.listen()
            while True:
                c, _ = s.accept()
                subprocess.Popen(["/usr/sbin/sshd", "-i", "-f", sys.argv[1] + "/sshd_config"], stdin=c, stdout=c)
                c.close()
            END
            while [ ! -S .server ]; do sleep 0.05; done
            SSH_AUTH_SOCK="$1/agent" "$PROGRAM" run --network none --ssh agent --ssh-key me -- sh -c "$2" 2> err
            echo "status $?"; kill $server
            [ "$before" = "$(stat -c '%a %u %g %Z' "$1/agent")" ] && echo untouched
            SSH_AUTH_SOCK="$1/agent" ssh-add -l | wc -l; kill "$SSH_AGENT_PID"
            grep -c 'signed: log-in as .root.' "$OPENCODE_DOCKER_STATE"/projects/*/signatures.log
            grep -o 'your own ssh key me' err; rm -f err .proxy .server
            """
        let inside = """
            ssh-add -l | grep -c me; ssh-add -l | wc -l
            for a in -D -x '-d x'; do ssh-add $a < /dev/null > /dev/null 2>&1 || echo refused; done
            export GIT_SSH_COMMAND='ssh -o ProxyCommand=/workspace/.proxy -o BatchMode=yes'
            git clone -q "root@server:$KEYS/repo.git" /tmp/c && cd /tmp/c && git commit -q --allow-empty -m in && git push -q origin HEAD:main
            git clone -q "root@server:$KEYS/repo.git" /tmp/d 2> /dev/null && git -C /tmp/d log --format=%s origin/main
            grep -c ed25519 ~/.ssh/known_hosts; ! grep -rlE 'PRIVATE[ ]KEY' /home /tmp /run /workspace 2> /dev/null && echo nokeys
            """
        let ending = try await harness.host(script, [keys.string, inside.replacing("$KEYS", with: keys.string)])
        let expected = "1\n1\nrefused\nrefused\nrefused\nin\n1\nnokeys\nstatus 0\nuntouched\n2\n"
        #expect(ending.output.hasPrefix(expected), "\(harness.engine)\n\(ending.output)\n\(ending.error)")
        #expect(ending.output.hasSuffix("your own ssh key me\n"), "\(ending.output)")
    }

    /// A terminal of Python's pty module, without the effects of tmux.
    private static let driver = """
        import fcntl, os, pty, re, select, struct, sys, termios, time
        pid, fd = pty.fork()
        if pid == 0:
            os.execvp(os.environ["PROGRAM"], ["opencode-docker", "run", "--network", "none", "--", "bash", "--norc"])
        def size(rows, columns): fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        seen = b""
        def until(pattern, seconds=20):
            global seen
            end = time.time() + seconds
            while time.time() < end:
                if re.search(pattern, seen): return True
                if select.select([fd], [], [], 0.1)[0]:
                    try: seen += os.read(fd, 65536)
                    except OSError: break
            return bool(re.search(pattern, seen))
        def send(text):
            global seen
            seen = b""
            os.write(fd, text.encode())
        size(33, 101)
        print("prompt", until(rb"[$#] "))
        send("stty size\\r"); print("size", until(rb"33 101"))
        send("trap 'echo change''d' WINCH\\r"); until(rb"[$#] $")
        seen = b""; size(40, 120); time.sleep(0.3); send("\\r"); until(rb"[$#] $")
        send("stty size\\r"); print("resized", until(rb"40 120"))
        send("sleep 100\\r"); time.sleep(0.5); send("\\x03"); print("interrupt", until(rb"[$#] $"))
        send("echo status $?\\r"); print("status", until(rb"status 130"))
        send("sleep 100\\r"); time.sleep(0.5); send("\\x1a"); print("stop", until(rb"Stopped"))
        send("kill %1; printf '\\\\033]52;c;aGk=\\\\a'\\r"); print("clipboard", until(rb"\\x1b\\]52;c;aGk="))
        send("read -rsn2 k; printf %q $k\\r"); time.sleep(0.3); os.write(fd, b"\\x10\\x10"); print("keys", until(rb"020.020"))
        send("test -t 0 && test -t 1 && echo bo''th $TERM\\r"); print("terminal", until(rb"both xterm"))
        send("exit 42\\r"); until(rb"nothing", 3)
        print("exit", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """

    @Sendable static func terminal(_ harness: RunHarness) async throws {
        let ending = try await harness.host("python3 -c \"$1\"", [driver], ["TERM": "xterm-256color"])
        let expected = ["prompt", "size", "resized", "interrupt", "status", "stop", "clipboard", "keys", "terminal"]
        #expect(
            ending.output == expected.map { "\($0) True\n" }.joined() + "exit 42\n", "\(harness.engine) \(ending.error)"
        )
    }

    @Sendable static func endings(_ harness: RunHarness) async throws {
        let asked = """
            rm -f ready
            "$PROGRAM" run --network none -- bash -c 'trap "echo asked; exit 9" TERM INT HUP; touch ready; while :; do sleep 0.05; done' &
            launcher=$!; while [ ! -e ready ]; do sleep 0.05; done; kill -$1 $launcher; wait $launcher; echo $?; rm ready
            """
        for signal in ["TERM", "HUP", "INT"] {
            // A shell starts background programs with SIGINT ignored, which is inherited; bash with a terminal does
            // not.
            let ending = try await harness.host("set -m\n\(asked)", [signal])
            #expect(ending.output == "asked\n9\n", "\(harness.engine) \(signal) \(ending.error)")
        }
        let killed = """
            "$PROGRAM" run --network none -- sh -c "touch ready; sleep $1" & launcher=$!
            while [ ! -e ready ]; do sleep 0.05; done
            "$PROGRAM" run --network none -q -- echo second 2>&1; kill -KILL $launcher; wait $launcher; rm ready
            "$PROGRAM" run --network none -- echo third 2> /dev/null; sleep 0.3
            [ "$OPENCODE_DOCKER_ENGINE" = embedded ] || "$OPENCODE_DOCKER_ENGINE" ps -aq
            pgrep -fx "sleep $1"; ls "$OPENCODE_DOCKER_STATE"/launches 2> /dev/null; ls -A .git | grep commondir; ls
            """
        let ending = try await harness.host("{ \(killed)\n} 2> /dev/null", ["\(Int.random(in: 100_000 ... 999_999))"])
        #expect(ending.output == "second\nthird\n", "\(harness.engine) \(ending.error)")
    }

    @Sendable static func environment(_ harness: RunHarness) async throws {
        let variables = [
            "SECRET": "s", "AWS_PROFILE": "p", "COLORTERM": "truecolor", "EDITOR": "/usr/bin/nano", "CI": "1",
        ]
        let listed = try await harness.inside(
            "env | sed 's/=.*//' | sort | tr '\\n' ' '; echo; cat > ~/.cache/kept", "", variables)
        let allowed: Set = [
            "CI", "COLORTERM", "EDITOR", "HOME", "HOSTNAME", "LANG", "LOGNAME", "NO_COLOR", "OLDPWD", "PAGER", "PATH",
            "PWD",
            "OPENCODE_DISABLE_AUTOUPDATE", "SHELL", "SHLVL", "TERM", "TZ", "USER", "_",
        ]
        // Podman adds a variable of its own that marks a container.
        let own: Set = harness.engine == "podman" ? ["container"] : []
        let names = Set(listed.output.split(whereSeparator: \.isWhitespace).map(String.init))
        #expect(names.isSubset(of: allowed.union(own)), "\(harness.engine) \(names.subtracting(allowed))")
        #expect(names.isSuperset(of: ["CI", "COLORTERM", "EDITOR", "HOME", "PATH"]))
        let script = """
            mkdir -p ../other/api; chown 4321:4321 ../other/api
            "$PROGRAM" run --network none -- sh -c 'ls ~/.cache'
            "$PROGRAM" run --network none --project ../other/api -- sh -c 'ls ~/.cache'
            "$PROGRAM" projects | sed 's/.*today *//' | sort; rm -r ../other
            "$PROGRAM" projects clean --gone < /dev/null 2> /dev/null; echo $?; "$PROGRAM" projects clean --gone --yes > /dev/null 2>&1
            "$PROGRAM" projects --format json | grep -c '"id"'; "$PROGRAM" projects clean . --yes > /dev/null 2>&1; "$PROGRAM" projects 2>&1
            """
        let ending = try await harness.host(script)
        let work = harness.directory.appending("work")
        #expect(
            ending.output == "kept\n\(work)/api\n\(work)/other/api\n64\n1\nNo project has stored state.\n",
            "\(harness.engine) \(ending.error)")
    }

    @Sendable static func forms(_ harness: RunHarness) async throws {
        let strict = try await harness.inside(
            "id -u; git status --porcelain; touch x; touch /x 2>&1; sudo -n true 2> /dev/null || echo no; grep -h Cap.*[1-9] /proc/self/status",
            "--profile strict --memory 256m --pids-limit 50")
        #expect(
            strict.output == "\(RunHarness.owner)\ntouch: cannot touch '/x': Read-only file system\nno\n",
            "\(harness.engine) \(strict.error)")
        #expect(try await harness.host("stat -c %u x; rm x").output == "\(RunHarness.owner)\n")
        let same = try await harness.inside("pwd", "--same-path --no-sudo")
        #expect(same.output == "\(harness.project)\n")
        let plan = """
            mkdir ../unseen; chown 4321 ../unseen; stat -c %d:%i ../unseen
            "$PROGRAM" run --network none --project ../unseen --dry-run --format json -- true > ../plan.json
            jq -r '.trees[0] | "\\(.device):\\(.inode)"' ../plan.json; jq -r '.network, .user.uid' ../plan.json
            ls -A ../unseen; test -e "$(dirname "$(jq -r '.files[0]' ../plan.json)")" || echo nothing was made
            """
        let planned = try await harness.host(plan).output.split(separator: "\n").map(String.init)
        #expect(planned.first == planned.dropFirst().first)
        #expect(planned.dropFirst(2) == ["none", "\(RunHarness.owner)", "nothing was made"])
        guard harness.engine != "embedded" else { return }
        // A dry run creates nothing: the printed command works in a project that was started before, without a
        // repository.
        let script = """
            mkdir ../plain; cd ../plain; chown 4321 .; "$PROGRAM" run --network none -q -- true
            "$PROGRAM" run --network none --dry-run -- sh -c 'echo "a  $HOME"; exit 5' > ../command; sh ../command; echo $?
            """
        let pasted = try await harness.host(script)
        #expect(pasted.output == "a  /home/opencode\n5\n", "\(pasted.error)")
    }
}
