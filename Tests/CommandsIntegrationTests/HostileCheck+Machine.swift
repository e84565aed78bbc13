// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// Refused mounts of the machine's directories, and writes or removals outside of the project.
extension HostileCheck {
    static let machine = [
        HostileCheck("A mount of a protected directory below the workspace refuses the start", mountedSecrets),
        HostileCheck("Directories named by the user database or a variable are refused", namedSecrets),
        HostileCheck("Modules replaced by links get no placeholders elsewhere", exchangedModules),
        HostileCheck("State that is hard to remove is removed", oddState),
        HostileCheck("Output to special files and through links works", oddOutput),
    ]

    @Sendable static func mountedSecrets(_ harness: RunHarness) async throws {
        let setUp =
            "mkdir -p \"$HOME/.ssh\" below; echo hidden-canary > \"$HOME/.ssh/id\"; mount --bind \"$HOME/.ssh\" below"
        #expect(try await harness.host(setUp).status == 0)
        let ending = try await harness.inside("sudo cat below/id")
        _ = try await harness.host("umount below")
        #expect(
            ending.status == 64 && ending.output == "" && ending.error.contains("/below'"),
            "\(harness.engine) \(ending.output) \(ending.error)")
    }

    @Sendable static func namedSecrets(_ harness: RunHarness) async throws {
        let place = "\(harness.directory)/work/own"
        let account = try await Shell.must("getent passwd 0 | cut -d : -f 6 | tr -d '\\n'")
        let cases = [
            (["GNUPGHOME": place], place), (["KUBECONFIG": "\(place)/config"], place),
            (["AWS_SHARED_CREDENTIALS_FILE": "\(place)/credentials"], place),
            (["XDG_DATA_HOME": "\(place)"], "\(place)/opencode"), ([:], "\(account)/.config"),
            ([:], "\(harness.directory)/home/.claude"), ([:], "\(harness.directory)/home/.config/sops"),
            (["CONTAINER_HOST": "unix://\(place)/socket"], place),
        ]
        for (variables, path) in cases {
            try await Shell.must(
                "mkdir -p \"$1/opencode\" \"$2\"; touch \"$1/config\" \"$1/credentials\"", [place, path])
            let ending = try await harness.inside("echo started", "--project \(path)", variables)
            #expect(
                ending.status == 64 && ending.output == "", "\(harness.engine) \(variables) \(path): \(ending.error)")
        }
    }

    /// A running container replaces modules while others start, so that their placeholders would be outside.
    @Sendable static func exchangedModules(_ harness: RunHarness) async throws {
        let swapping = """
            python3 - <<'END' &
            import ctypes, os
            libc = ctypes.CDLL(None)
            places = [(f".git/modules/m{i}".encode(), f".git/links/l{i}".encode()) for i in range(8)]
            os.makedirs(".git/links")
            for module, link in places:
                os.makedirs(module); open(module + b"/HEAD", "w").write("x"); os.symlink("\(harness.directory)/outside", link)
            open("ready", "w")
            swaps = 0
            while not os.path.exists("stop"):
                for module, link in places: swaps += libc.renameat2(-100, module, -100, link, 2) == 0
            print(swaps)
            END
            while [ ! -e stop ]; do sleep 0.1; done; wait
            """
        async let attacker = harness.inside(swapping)
        try await Shell.must("until [ -e \"$1/ready\" ]; do sleep 0.1; done", [harness.project.string])
        for _ in 0..<20 { _ = try await harness.inside("true") }
        try await Shell.must("touch \"$1/stop\"", [harness.project.string])
        let ending = try await attacker
        #expect((Int(ending.lastLine) ?? 0) >= 1000, "\(harness.engine) \(ending.output) \(ending.error)")
    }

    @Sendable static func oddState(_ harness: RunHarness) async throws {
        let attack = """
            cd ~/.cache; mkdir "$(printf 'n\\377')"; touch "$(printf 'n\\377/f')"; ln -s \(harness.directory)/outside out; mkfifo p
            mkdir closed; touch closed/f; chmod 000 closed; mkdir roots; sudo chown 0:0 roots; python3 -c '
            import os
            for _ in range(3000): os.mkdir("d" * 100); os.chdir("d" * 100)'
            """
        #expect(try await harness.inside(attack).status == 0)
        let listed = try await harness.host("\"$PROGRAM\" projects")
        #expect(listed.output.contains(harness.project.string), "\(harness.engine) \(listed.error)")
        let removed = try await harness.host(
            "\"$PROGRAM\" projects clean --yes . > /dev/null && ls -A \"$OPENCODE_DOCKER_STATE/projects\"")
        #expect(removed.status == 0 && removed.output.isEmpty, "\(harness.engine) \(removed.output) \(removed.error)")
    }

    /// Uses a device of its own, not the machine's.
    @Sendable static func oddOutput(_ harness: RunHarness) async throws {
        guard harness.engine == "embedded" else { return }
        let script = """
            mkdir "$1/out"; cd "$1/out"; mknod null c 1 3; mkfifo fifo; touch target; ln -s target link; cd /
            bill() { "$PROGRAM" sbom --base --image-dir "$2/image" --lock "$2/versions.lock" --output "$1" > /dev/null; }
            cat < "$1/out/fifo" | wc -c > "$1/out/count" & bill "$1/out/null" "$2" && bill "$1/out/link" "$2" \
                && bill "$1/out/fifo" "$2" && wait
            cd "$1/out"; stat -c %F null fifo link; [ -s target ] && [ "$(stat -c %s target)" = "$(cat count)" ] && echo whole
            bill link "$2" 2> /dev/null || echo $?
            """
        let ending = try await harness.host(script, [harness.directory.string, Harness.repository.string])
        #expect(
            ending.output == "character special file\nfifo\nsymbolic link\nwhole\n64\n",
            "\(ending.output) \(ending.error)")
    }
}
