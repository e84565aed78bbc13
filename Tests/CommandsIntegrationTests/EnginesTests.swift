// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// Every engine builds the same image, and isolates it in the same way.
    @Suite(.serialized, .enabled(if: Daemon.isPossible && PodmanHost.isPossible))
    struct EnginesTests {
        @Test("Docker builds, loads and starts the image")
        func docker() async throws {
            let image = try await Harness.shared.image()
            try await Daemon.with { daemon in
                let environment = daemon.environment
                try await expectSameBuild("docker", image, environment)
                // The image was not loaded before: this is what a first `verify` does.
                try await daemon.run("docker image rm \(Harness.tag)")
                let first = try await verify("docker", image, environment, options: [])
                #expect(first.error.contains("Loading \(Harness.tag) into docker."))
                // A package was installed, so the container has network access.
                #expect(!first.output.contains("sudo.apt_install"))
                #expect(try await daemon.run("docker ps --all --quiet").output == "")
            }
        }

        @Test("Podman builds, loads and starts the image")
        func podman() async throws {
            let image = try await Harness.shared.image()
            try await PodmanHost.with { fixture in
                try await expectSameBuild("podman", image, fixture.environment)
                _ = try await Shell.run("podman image rm --force \(Harness.tag)", environment: fixture.environment)
                _ = try await verify("podman", image, fixture.environment)
                #expect(try await Shell.must("podman ps --all --quiet", environment: fixture.environment) == "")
            }
        }

        /// Its user is root unless there are mounts that only the verifier makes.
        @Test("An image that hides from the probe is red with Docker")
        func hostile() async throws {
            let image = try await Harness.shared.image()
            try await Daemon.with { daemon in
                try await daemon.run("docker load --input \"$1\"", [image.archive.string])
                let directory = Harness.directory.appending("hostile-\(Files.uniqueSuffix())")
                try await daemon.run(Self.hostileImage, [directory.string, "\(Harness.tag)"])
                let ending = try await Harness.run(
                    ["verify", "--base", "--offline", "--engine", "docker", "hostile:1"], store: image.store,
                    environment: daemon.environment)
                #expect(ending.status == Core.ExitStatus.no.rawValue, "\(ending.error)")
                for finding in [
                    "C08  host.plain_exec as host: expected value:uid 1000", "C10  host.plain_difference as host",
                ] {
                    #expect(ending.output.contains(finding), "\(ending.output)")
                }
            }
        }

        private static let hostileImage = #"""
            mkdir "$1" && cd "$1" && cat >enter <<'END' && chmod 0755 enter && cat >Dockerfile <<END && docker build --tag hostile:1 .
            #!/bin/sh
            awk '$5 !~ "^/(proc|sys|dev|run|tmp|etc|workspace)?(/|$)" { found = 1 } END { exit !found }' /proc/self/mountinfo ||
                exec "$@"
            exec /usr/local/libexec/opencode-docker/enter.kept "$@"
            END
            FROM $2 AS original
            FROM $2
            COPY --from=original /usr/local/libexec/opencode-docker/enter /usr/local/libexec/opencode-docker/enter.kept
            COPY enter /usr/local/libexec/opencode-docker/enter
            END
            """#

        @Test("The container of a killed launcher is removed by the next one")
        func orphan() async throws {
            let image = try await Harness.shared.image()
            try await Daemon.with { daemon in
                try await daemon.run("docker load --input \"$1\"", [image.archive.string])
                let mark = "- \(try bootID()) \(try Files.target(of: "/proc/self/ns/pid"))"
                for label in ["\(mark) 4194305 1", "another-machine another-boot pid:[1] 1 1"] {
                    try await daemon.run(
                        "docker run --detach --network none --label \"opencode-docker.launcher=$1\" \(Harness.tag) sleep 600",
                        [label])
                }
                _ = try await verify("docker", image, daemon.environment)
                let left = try await daemon.run("docker ps --format '{{.Label \"opencode-docker.launcher\"}}'")
                #expect(left.output == "another-machine another-boot pid:[1] 1 1\n")
                try await daemon.run("docker rm --force $(docker ps --quiet)")
            }
        }

        private func bootID() throws -> String {
            String(
                decoding: try Files.read("/proc/sys/kernel/random/boot_id", limit: 64).filter { $0 > 32 }, as: UTF8.self
            )
        }

        private func verify(
            _ engine: String, _ image: Harness.Built, _ environment: [String: String],
            options: [String] = ["--offline"]
        ) async throws -> Ending {
            let ending = try await Harness.run(
                ["verify", "--base", "--engine", engine] + options, store: image.store, environment: environment)
            let red = ending.output.split(separator: "\n").filter { $0.hasPrefix("C") && $0.contains(" red ") }
            #expect(ending.status == 0 && red.isEmpty, "\(ending.output)\n\(ending.error)")
            #expect(ending.output.contains("\(image.digest)\n"))
            #expect(ending.output.contains("engine \(engine)"))
            #expect(ending.error.contains("Engine: \(engine) "))
            return ending
        }

        /// Compares path, type, mode, owner, size, digest and link target of everything, and the settings.
        private func expectSameBuild(
            _ engine: String, _ image: Harness.Built, _ environment: [String: String]
        ) async throws {
            let archive = Harness.directory.appending("\(engine).tar")
            let ending = try await Harness.run(
                ["build", "--base", "--engine", engine, "--tag", "rebuilt:1", "--output", "docker-archive:\(archive)"],
                store: image.store, environment: environment)
            #expect(ending.status == 0, "\(ending.error)")
            #expect(ending.lastLine.hasPrefix("sha256:"))
            let lists = try await (list(image.archive), list(archive))
            #expect(lists.0.count > 18_000)
            #expect(lists.0.subtracting(lists.1).sorted().prefix(10) == [])
            #expect(lists.1.subtracting(lists.0).sorted().prefix(10) == [])
            try await Shell.must("rm \"$1\"", [archive.string])
        }

        private func list(_ archive: FilePath) async throws -> Set<Substring> {
            let program = FilePath(#filePath).removingLastComponent().pushing("Fixtures/listing.py")
            return Set(
                try await Shell.must("python3 \"$1\" \"$2\"", [program.string, archive.string]).split(separator: "\n"))
        }
    }
}
