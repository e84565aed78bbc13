// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension RunCheck {
    /// A launcher that is killed at any moment costs nothing of the project's: not its files, not its state.
    @Sendable static func kills(_ bench: RunBench) async throws {
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
            ls "$OPENCODE_DOCKER_STATE/launches" 2> /dev/null; ls "$OPENCODE_DOCKER_STATE"/projects/*/
            """
        let ending = try await bench.host(script, [inside])
        let expected = "first\nknown\nkept\n?? count\n1\n"
        #expect(ending.output.hasPrefix(expected), "\(bench.engine)\n\(ending.output)\n\(ending.error)")
        let left = Set(ending.output.dropFirst(expected.count).split(separator: "\n").map(String.init))
        #expect(left.isSubset(of: ["gitconfig", "home", "lock", "project", "apt"]), "\(bench.engine) \(left)")
    }

    /// The engine's own `stop` reaches the agent, which ends as it likes.
    @Sendable static func stopped(_ bench: RunBench) async throws {
        guard bench.engine != "embedded" else { return }
        let script = """
            "$PROGRAM" run --network none -- bash -c 'trap "echo asked; exit 9" TERM; touch ready; while :; do sleep 0.05; done' &
            launcher=$!; while [ ! -e ready ]; do sleep 0.05; done; rm ready; start=$(date +%s)
            "$OPENCODE_DOCKER_ENGINE" stop "$("$OPENCODE_DOCKER_ENGINE" ps -q --filter label=opencode-docker.project)" > /dev/null
            wait $launcher; echo $?; [ $(($(date +%s) - start)) -lt 9 ] && echo soon
            """
        #expect(try await bench.host(script).output == "asked\n9\nsoon\n", "\(bench.engine)")
    }

    /// State is removed after a question, which says what and how much; only a yes removes it.
    @Sendable static func asked(_ bench: RunBench) async throws {
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
        let ending = try await bench.host(script, [driver])
        #expect(
            ending.output == "1 True True\n1 True True\n0 True True\nNo project has any state.\n",
            "\(bench.engine) \(ending.error)")
    }
}
