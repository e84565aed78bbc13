// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Testing

extension EndToEnd {
    /// Builds that are killed, that run concurrently, or that fill the disk.
    @Suite(.serialized)
    struct InterruptedTests {
        /// From an empty store, with another umask, time zone, language and directory; killed, then run twice
        /// concurrently.
        @Test("Killed during unpacking, then two concurrent builds: the same image")
        func unpacking() async throws {
            let image = try await Harness.shared.image()
            let store = Harness.directory.appending("elsewhere")
            let arguments = [
                "build", "--base", "--image-dir", Harness.repository.appending("image").string, "--lock",
                Harness.repository.appending("versions.lock").string,
            ]
            let environment = ["TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"]
            let killed = try await Shell.kill(
                "umask 077; cd /; exec \"$PROGRAM\" \"$@\"", arguments,
                environment: Harness.variables(store).merging(environment) { $1 }, when: "^unpack: .*%")
            #expect(killed.status == 128 + 9)
            async let one = Harness.run(arguments, store: store, environment: environment, prefix: "umask 077; cd /")
            async let two = Harness.run(arguments, store: store, environment: environment, prefix: "umask 077; cd /")
            for ending in try await [one, two] {
                #expect(ending.status == 0, "\(ending.error)")
                #expect(ending.lastLine == image.digest)
            }
            try await expectNothingLeft(of: store)
            try await Shell.must("rm -r \"$1\"", [store.string])
        }

        @Test("Killed during configuring: the next build cleans up and gives the same image")
        func configuring() async throws {
            let image = try await Harness.shared.image()
            let store = try await Harness.shared.warmStore("configuring", layers: true)
            let killed = try await Shell.kill(
                "cd \"$REPOSITORY\"; exec \"$PROGRAM\" build --base", environment: Harness.variables(store),
                when: "^configure: ")
            #expect(killed.status == 128 + 9)
            let ending = try await Harness.run(["build", "--base"], store: store)
            #expect(ending.status == 0, "\(ending.error)")
            #expect(ending.lastLine == image.digest)
            try await expectNothingLeft(of: store)
        }

        /// Containers with a network, whose helper is a separate process.
        @Test("Killed during verification: containers, helpers, control groups, mounts and directories are removed")
        func verifying() async throws {
            let store = try await Harness.shared.image().store
            let killed = try await Shell.kill(
                "cd \"$REPOSITORY\"; exec \"$PROGRAM\" verify --base --offline", environment: Harness.variables(store),
                when: "^verify: [0-9]")
            #expect(killed.status == 128 + 9)
            let script = """
                left() {
                    grep -l -- "$STORE/run" /proc/[0-9]*/mountinfo 2> /dev/null
                    ls "$STORE/run" | grep -v -e '^state$' -e '^loaded-' -e '^seccomp-'; ls "$STORE/run/state"
                    find /sys/fs/cgroup -maxdepth 3 -name 'verify-*'
                    for process in /proc/[0-9]*; do
                        tr '\\0' ' ' < "$process/cmdline" 2> /dev/null | grep -F -e "$STORE/run"
                    done
                }
                for try in $(seq 100); do [ -n "$(left)" ] || exit 0; sleep 0.2; done
                left
                """
            #expect(try await Shell.run(script, environment: ["STORE": store.string]).output == "")
            _ = try await Harness.run(["verify", "--base", "--offline"], store: store)
            #expect(try await Shell.must("ls -A \"$1/run\" | grep ^.verify- || true", [store.string]) == "")
        }

        @Test("A full disk causes one error message; with more space the same call succeeds")
        func fullDisk() async throws {
            let image = try await Harness.shared.image()
            let mounted = Harness.directory.appending("small")
            let script = """
                mkdir -p "$MOUNTED" && mount -t tmpfs -o size=64m small "$MOUNTED" && cd "$REPOSITORY" || exit 99
                "$PROGRAM" build --base -q; echo "status $?"
                cp -a "$1/blobs" "$MOUNTED/store/" 2> "$MOUNTED.cp"; mount -o remount,size=3g "$MOUNTED"
                cp -a "$1/." "$MOUNTED/store/"; chmod 0700 "$MOUNTED"
                used=$(du -sk "$MOUNTED" | cut -f1); mount -o "remount,size=$((used + 2048))k" "$MOUNTED"
                "$PROGRAM" build --base -q; echo "status $?"
                mount -o remount,size=3g "$MOUNTED"
                "$PROGRAM" build --base -q; echo "status $?"
                """
            let warm = try await Harness.shared.warmStore("warm", layers: true)
            let variables = Harness.variables(mounted.appending("store")).merging(["MOUNTED": mounted.string]) { $1 }
            let ending = try await Shell.run(
                "exec unshare --mount --propagation private sh -c \"$0\" sh \"$@\"".replacing("$0", with: "$SCRIPT"),
                [warm.string], environment: variables.merging(["SCRIPT": script]) { $1 })
            #expect(ending.output == "status 2\nstatus 2\n\(image.digest)\nstatus 0\n", "\(ending.error)")
            #expect(ending.error.contains("No space left on device"))
            for line in ending.error.split(separator: "\n") {
                #expect(line.hasPrefix("error: ") || line.hasPrefix("hint: "), "\(line)")
            }
        }

        /// Expects that no mount and no process uses the store, and that its scratch directory is empty.
        private func expectNothingLeft(of store: FilePath) async throws {
            let mounts = try await Shell.must(
                "grep -l -- \"$1\" /proc/[0-9]*/mountinfo 2> /dev/null || true", [store.string])
            #expect(mounts == "")
            let script = """
                for process in /proc/[0-9]*; do
                    case "$process" in /proc/$$|/proc/self) continue ;; esac
                    tr '\\0' ' ' < "$process/cmdline" 2> /dev/null | grep -F -e "$STORE" || true
                done
                """
            let processes = try await Shell.must(script, environment: ["STORE": store.string])
            #expect(processes == "")
            #expect(
                try await Shell.must("find \"$1/run\" \"$1/tmp\" -mindepth 1 ! -path '*/run/state'", [store.string])
                    == "")
        }
    }
}
