// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension RunCheck {
    /// Lists the records of launches on the project's own repository.
    static let records = #"grep -ls "$(stat -c %d:%i .git)" /run/lock/opencode-docker-*/*"#

    /// A launcher killed at any moment damages neither the project's files nor its state.
    @Sendable static func kills(_ harness: RunHarness) async throws {
        let inside =
            "echo kept > ~/.cache/kept; i=0; while :; do i=$((i+1)); echo $i > ~/.cache/count; echo $i > count; done"
        let script = """
            "$PROGRAM" run --network none -- sh -c 'echo first > ~/.cache/first; echo known > ~/.ssh/known_hosts'
            for delay in 0.02 0.05 0.1 0.15 0.2 0.3 0.5 0.8; do
                "$PROGRAM" run --network none -- sh -c "$1" & launcher=$!
                sleep $delay; kill -KILL $launcher; wait $launcher
            done 2> /dev/null
            "$PROGRAM" run --network none -- sh -c 'cat ~/.cache/first ~/.ssh/known_hosts ~/.cache/kept; git status --porcelain' 2> /dev/null
            rm -f count; git -c safe.directory='*' fsck 2>&1; "$PROGRAM" projects | grep -c "$PWD"; ls -A .git | grep commondir
            \(records); ls "$OPENCODE_DOCKER_STATE"/projects/*/
            """
        let ending = try await harness.host(script, [inside])
        let expected = "first\nknown\nkept\n?? count\n1\n"
        #expect(ending.output.hasPrefix(expected), "\(harness.engine)\n\(ending.output)\n\(ending.error)")
        let left = Set(ending.output.dropFirst(expected.count).split(separator: "\n").map(String.init))
        #expect(
            left.isSubset(of: [
                "gitconfig", "home", "lock", "origin", "owner", "project", "apt", "copied",
                "agent-container.json", "agent-container.md", "agent-opencode.jsonc", "hosts",
            ]),
            "\(harness.engine) \(left)")
    }

    /// A launcher that is stopped and continued, as by a suspended machine, goes on.
    @Sendable static func continued(_ harness: RunHarness) async throws {
        let script = """
            "$PROGRAM" run --network none -q -- sh -c 'touch ready; while [ -e ready ]; do sleep 0.05; done; exit 7' & launcher=$!
            while [ ! -e ready ]; do sleep 0.05; done
            for process in $launcher $(pgrep -P $launcher); do
                for pause in 0 0.1 0.3; do kill -STOP $process; sleep $pause; kill -CONT $process; sleep 0.1; done
            done
            rm ready; wait $launcher; echo $?; ls .git/config.lock; \(records)
            """
        let ending = try await harness.host(script)
        #expect(ending.output == "7\n", "\(harness.engine) \(ending.output) \(ending.error)")
    }

    /// A container does not outlive the launcher's output: the reader goes away, or the disk is full.
    @Sendable static func unread(_ harness: RunHarness) async throws {
        let inside = "touch ready; seq 100000; sleep 3; seq 100000; for i in 1 2 3; do touch alive; sleep 1; done"
        let script = """
            small=$(mktemp -d); [ "$(id -u)" != 0 ] || mount -t tmpfs -o size=64k tmpfs "$small"
            "$PROGRAM" run --network none -q -- sh -c "$1" 2> error | head -n 1
            "$PROGRAM" run --network none -q -- sh -c "$1" > "$small/out" 2>> error
            rm -f alive ready; sleep 2; ls alive .git/config.lock .git/commondir; \(records)
            [ "$(id -u)" != 0 ] || umount "$small"; rm -r "$small"
            [ "$OPENCODE_DOCKER_ENGINE" = embedded ] || "$OPENCODE_DOCKER_ENGINE" ps -q; rm error
            """
        let ending = try await harness.host(script, [inside])
        #expect(ending.output == "1\n", "\(harness.engine) \(ending.output) \(ending.error)")
    }

    /// The engine's own `stop` reaches the agent, which can end gracefully.
    @Sendable static func stopped(_ harness: RunHarness) async throws {
        guard harness.engine != "embedded" else { return }
        let script = """
            "$PROGRAM" run --network none -- bash -c 'trap "echo asked; exit 9" TERM; touch ready; while :; do sleep 0.05; done' &
            launcher=$!; while [ ! -e ready ]; do sleep 0.05; done; rm ready; start=$(date +%s)
            "$OPENCODE_DOCKER_ENGINE" stop "$("$OPENCODE_DOCKER_ENGINE" ps -q --filter label=opencode-docker.project)" > /dev/null
            wait $launcher; echo $?; [ $(($(date +%s) - start)) -lt 9 ] && echo soon
            """
        #expect(try await harness.host(script).output == "asked\n9\nsoon\n", "\(harness.engine)")
    }

    /// State is removed after a confirmation that shows the project and the size; only "y" removes it.
    @Sendable static func asked(_ harness: RunHarness) async throws {
        let driver = """
            import os, pty, sys
            for answer in ["n", "", "y"]:
                pid, fd = pty.fork()
                if pid == 0:
                    os.execvp(os.environ["PROGRAM"], ["opencode-docker", "projects", "clean", "."])
                seen = b""
                while b"? [y/N]" not in seen: seen += os.read(fd, 4096)
                os.write(fd, answer.encode() + b"\\r")
                try:
                    while True:
                        more = os.read(fd, 4096)
                        if not more: break
                        seen += more
                except OSError: pass
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                print(status, os.environ["PROJECT"].encode() in seen, b"caches and sessions of 1 project," in seen)
            """
        let script = """
            "$PROGRAM" run --network none -- sh -c 'head -c 100000 /dev/urandom > ~/.cache/large'
            python3 -c "$1"; "$PROGRAM" projects 2>&1
            """
        let ending = try await harness.host(script, [driver])
        #expect(
            ending.output == "1 True True\n1 True True\n0 True True\nNo project has stored state.\n",
            "\(harness.engine) \(ending.error)")
    }

    /// A program that ignores signals is killed, and the run is reported.
    @Sendable static func stubborn(_ harness: RunHarness) async throws {
        let script = """
            "$PROGRAM" run --network none -- sh -c 'trap "" TERM HUP; echo all: > Makefile; touch ready; while :; do sleep 0.1; done' &
            launcher=$!; while [ ! -e ready ]; do sleep 0.05; done; rm ready; start=$(date +%s); kill -$1 $launcher
            wait $launcher; echo $?; [ $(($(date +%s) - start)) -lt 25 ] && echo soon; rm Makefile; ls
            """
        for signal in ["TERM", "HUP"] {
            let ending = try await harness.host(script, [signal])
            #expect(ending.output == "137\nsoon\n", "\(harness.engine) \(signal) \(ending.output) \(ending.error)")
            #expect(ending.error.contains("\n  Makefile"), "\(harness.engine) \(ending.error)")
        }
        let left = try await harness.host(
            "\(records); ls \"$OPENCODE_DOCKER_STATE\"/projects/*/run-*")
        #expect(left.output == "", "\(harness.engine)")
    }

    /// The changes of a run whose launcher was killed are reported once, by the next run.
    @Sendable static func unreported(_ harness: RunHarness) async throws {
        let killed = """
            "$PROGRAM" run --network none -- sh -c 'echo all: > Makefile; touch ready; sleep 100' > /dev/null 2>&1 & launcher=$!
            while [ ! -e ready ]; do sleep 0.05; done; kill -KILL $launcher; wait $launcher; rm ready
            """
        try await Shell.must("cd \"$PROJECT\"; { \(killed)\n} 2> /dev/null || true", environment: harness.variables)
        let next = try await harness.inside("echo next")
        #expect(
            next.output == "next\n" && next.error.contains("last run was killed"), "\(harness.engine) \(next.error)")
        #expect(next.error.contains("\n  Makefile"), "\(harness.engine) \(next.error)")
        let third = try await harness.inside("echo third")
        #expect(
            !third.error.contains("Makefile") && !third.error.contains("killed"), "\(harness.engine) \(third.error)")
        try await Shell.must("rm \"$1/Makefile\"", [harness.project.string])
    }

    /// The container of a killed launcher keeps its guard, whatever engine the next run uses.
    @Sendable static func otherEngine(_ harness: RunHarness) async throws {
        guard harness.engine == "docker", !harness.isOrdinary else { return }
        let script = """
            exec 2> error
            "$PROGRAM" run --network none -q -- sh -c 'touch ready; sleep 300' & launcher=$!
            while [ ! -e ready ]; do sleep 0.05; done; rm ready
            other() { DOCKER_HOST=unix:///nonexistent "$PROGRAM" run --engine embedded --network none -q -- "$@"; }
            other sh -c 'touch ready; sleep 2' & embedded=$!; while [ ! -e ready ]; do sleep 0.05; done; rm ready
            client=$(pgrep -P $launcher -x docker); kill -KILL $launcher $client; wait $embedded
            ls .git/commondir .git/config.lock
            docker exec $(docker ps -q) sh -c 'cd /workspace; echo x > .git/commondir || echo held' 2> /dev/null
            other true; docker ps -aq; ls .git/commondir .git/config.lock; \(records); rm error
            """
        let ending = try await harness.host(script)
        #expect(
            ending.output == ".git/commondir\n.git/config.lock\nheld\n", "\(ending.output) \(ending.error)")
    }

    /// A start without a guard does not remove the guard of a killed launcher's container, whatever its state
    /// directory.
    @Sendable static func unguardedStart(_ harness: RunHarness) async throws {
        guard harness.engine == "docker", !harness.isOrdinary else { return }
        let script = """
            exec 2> error
            "$PROGRAM" run --network none -q -- sh -c 'touch ready; sleep 300' & launcher=$!
            while [ ! -e ready ]; do sleep 0.05; done; rm ready
            client=$(pgrep -P $launcher -x docker); kill -KILL $launcher $client; socket=${DOCKER_HOST#unix://}
            other() { DOCKER_HOST=unix:///nonexistent "$PROGRAM" run --engine embedded --network none -q "$@" -- true; }
            # The daemon does not answer, so that the container cannot be removed first.
            mv "$socket" "$socket-away"
            for state in "$OPENCODE_DOCKER_STATE" "$OPENCODE_DOCKER_STATE-2"; do
                export OPENCODE_DOCKER_STATE="$state"
                other --allow-git-config || echo failed; other --project "$PWD:ro" || echo failed
            done
            ls .git/commondir .git/config.lock; mv "$socket-away" "$socket"
            docker exec $(docker ps -q) sh -c 'cd /workspace; echo x > .git/commondir || echo held' 2> /dev/null
            "$PROGRAM" run --network none -q -- true; docker ps -aq; other --allow-git-config
            ls .git/commondir .git/config.lock; \(records); ls /run/lock/opencode-docker-*-$(stat -c %i .git).lock; rm error
            """
        let ending = try await harness.host(script)
        #expect(
            ending.output == ".git/commondir\n.git/config.lock\nheld\n", "\(ending.output) \(ending.error)")
    }
}
