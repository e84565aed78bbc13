// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Testing

extension EndToEnd {
    /// The image and the context in a real Docker.
    @Suite(.serialized, .enabled(if: Daemon.isPossible))
    struct DockerTests {
        /// The engine's arguments for the profile "standard", from the README.
        private static let arguments = """
            --rm --network none --cap-drop ALL --cap-add CHOWN --cap-add FOWNER --cap-add SETGID --cap-add SETUID \
            --security-opt no-new-privileges
            """

        @Test("Docker loads and runs the image, and BuildKit builds the same files from the context")
        func docker() async throws {
            let image = try await Harness.shared.image()
            let context = try await context(image)
            try await Daemon.with { daemon in
                let loaded = try await daemon.run("docker load -i \"$1\"", [image.archive.string])
                #expect(loaded.output == "Loaded image: \(Harness.tag)\n", "\(loaded.error)")
                let script = "docker run \(Self.arguments) \(Harness.tag) sh -c 'id -u; sudo -n id -u; exit 42'"
                let run = try await daemon.run(script)
                #expect(run.output == "1000\n0\n")
                #expect(run.status == 42, "\(run.error)")

                // `EnginesTests` covers Docker's older builder.
                let build = try await daemon.run(
                    "DOCKER_BUILDKIT=1 /usr/bin/docker build --quiet --network none --tag rebuilt - < \"$1\"",
                    [context.string])
                #expect(build.status == 0, "\(build.error)")
                try await expectSame(daemon, Harness.tag, "rebuilt")
            }
        }

        /// The context, written to a file and to standard output.
        private func context(_ image: Harness.Built) async throws -> FilePath {
            let file = Harness.directory.appending("context.tar")
            let first = try await Harness.run(["context", "--base", "--file", file.string], store: image.store)
            #expect(first.status == 0, "\(first.error)")
            let again = try await Harness.run(
                ["context", "--base", "--file", "-"], store: image.store,
                prefix: "cd \"$REPOSITORY\"; exec > \"$COPY\"".replacing("$COPY", with: "\(file).copy"))
            #expect(again.status == 0, "\(again.error)")
            try await Shell.must("cmp \"$1\" \"$1.copy\" && rm \"$1.copy\"", [file.string])
            let digest = try await Shell.must("sha256sum < \"$1\" | cut -c -64", [file.string])
            #expect("sha256:\(digest)" == first.output)
            return file
        }

        /// Type, mode, owner, path and link target of everything, and the digest of each file, are equal in both
        /// images.
        private func expectSame(_ daemon: Daemon, _ left: String, _ right: String) async throws {
            let list = """
                find / -xdev -mindepth 1 ! -path /.dockerenv -printf '%y %m %U:%G %p %l\\n' | sort
                find / -xdev -type f ! -path /.dockerenv -print0 | sort -z | xargs -0 sha256sum
                """
            var lists: [Set<Substring>] = []
            for image in [left, right] {
                let script =
                    "docker run --rm --network none --hostname x --user 0 --entrypoint /bin/sh \"$1\" -c \"$2\""
                let ending = try await daemon.run(script, [image, list])
                #expect(ending.status == 0, "\(ending.error)")
                lists.append(Set(ending.output.split(separator: "\n")))
            }
            #expect(lists[0].count > 20_000)
            #expect(lists[0].subtracting(lists[1]).sorted().prefix(10) == [])
            #expect(lists[1].subtracting(lists[0]).sorted().prefix(10) == [])
            let settings = "docker image inspect \"$1\" --format '{{range .Config.Env}}{{println .}}{{end}}' | sort;"
            let others =
                "docker image inspect \"$1\" --format '{{json .Config.Labels}} {{json .Config.Entrypoint}} "
                + "{{json .Config.Cmd}} {{json .Config.Healthcheck}} {{.Config.WorkingDir}} {{.Config.StopSignal}} "
                + "{{.Config.User}}'"
            let first = try await daemon.run(settings + others, [left])
            #expect(first.output.contains("PATH="))
            #expect(try await daemon.run(settings + others, [right]).output == first.output)
        }
    }
}
