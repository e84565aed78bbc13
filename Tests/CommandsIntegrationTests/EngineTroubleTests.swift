// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// A failing engine, simulated by a script.
struct EngineTrouble: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var engine = "docker"
    /// The shell script with the engine's name; `nil` for a missing engine.
    let script: String?
    var command = ["build", "--base"]
    var status = Core.ExitStatus.broken
    /// Parts of the expected error message and hint.
    let says: [String]
}

extension EndToEnd {
    /// Each failure of an engine causes one error message with a hint.
    @Suite(.serialized)
    struct EngineTroubleTests {
        /// The beginning of a working fake Docker.
        private static let answers = """
            if [ "$1" = version ]; then
                echo '{"Client":{"Version":"24.0.5"},"Server":{"Version":"24.0.5"}}'; exit 0
            fi
            """

        static let troubles = [
            EngineTrouble(
                testDescription: "no Docker", script: nil,
                says: ["'docker' is not installed.", "hint: Install it (`apt-get install docker.io`)"]),
            EngineTrouble(
                testDescription: "no Podman", engine: "podman", script: nil,
                says: ["'podman' is not installed.", "hint: Install it (`apt-get install podman`)"]),
            EngineTrouble(
                testDescription: "no daemon",
                script: "echo 'Cannot connect to the Docker daemon at unix:///x. Is it running?' >&2; exit 1",
                says: ["its daemon does not answer.", "hint: Start it, see `docker context ls` and DOCKER_HOST"]),
            EngineTrouble(
                testDescription: "no permission",
                script: "echo 'permission denied while trying to connect to the Docker daemon socket' >&2; exit 1",
                says: ["This user has no access to the daemon of 'docker'.", "hint: Use `--engine podman`"]),
            EngineTrouble(
                testDescription: "an old Docker",
                script: "echo '{\"Client\":{\"Version\":\"26.1\"},\"Server\":{\"Version\":\"19.03.15\"}}'",
                says: ["'docker' has version 19.03.15, but 20.10 or later is required.", "hint: Update it"]),
            EngineTrouble(
                testDescription: "an old Podman", engine: "podman",
                script: "echo '{\"Client\":{\"Version\":\"3.4.4\"}}'",
                says: ["'podman' has version 3.4.4, but 4.3 or later is required."]),
            EngineTrouble(
                testDescription: "nonsense", script: "echo hello",
                says: ["'docker' failed: it reported no version."]),
            EngineTrouble(
                testDescription: "the disk is full",
                script: answers + "\ncat > /dev/null\necho 'write /x: no space left on device' >&2; exit 1",
                says: ["'docker' has no space left on its disk.", "hint: `docker system df`"]),
            EngineTrouble(
                testDescription: "the context is cut on the way",
                script: answers
                    + "\nhead -c 100000 > /dev/null\necho 'Error response from daemon: unexpected EOF' >&2; exit 1",
                says: ["'docker' received truncated input.", "hint: Try again"]),
            EngineTrouble(
                testDescription: "it builds nothing", script: answers + "\ncat > /dev/null",
                says: ["'docker' failed: the build returned no image."]),
            EngineTrouble(
                testDescription: "no image of that name", script: answers + "\necho 'No such image' >&2; exit 1",
                command: ["verify", "nothing:1"], says: ["There is no image 'nothing:1'"]),
            EngineTrouble(
                testDescription: "directories of another machine",
                script: answers
                    + "\necho 'docker: Error response from daemon: bind source path does not exist: /x.' >&2; exit 125",
                says: ["'docker' runs its containers on another machine.", "hint: Run it on that machine"]),
            EngineTrouble(
                testDescription: "several platforms", script: answers,
                command: ["build", "--base", "--platform", "linux/arm64,linux/amd64"], status: .usage,
                says: ["'docker' takes one platform at a time.", "hint: Name one with `--platform`"]),
            EngineTrouble(
                testDescription: "an image layout", script: answers, command: ["build", "--base", "--output", "oci:x"],
                status: .usage, says: ["'docker' cannot write 'oci:x'.", "hint: Write 'docker-archive:FILE'"]),
        ]

        @Test(arguments: troubles)
        func trouble(_ trouble: EngineTrouble) async throws {
            let image = try await Harness.shared.image()
            let directory = try await programs(trouble)
            let ending = try await Harness.run(
                trouble.command + ["--quiet", "--engine", trouble.engine], store: image.store,
                environment: ["PATH": trouble.script == nil ? directory.string : "\(directory):/usr/bin:/bin"])
            #expect(ending.status == trouble.status.rawValue, "\(ending.error)")
            #expect(ending.output == "")
            for words in trouble.says { #expect(ending.error.contains(words), "\(ending.error)") }
            #expect(ending.error.split(separator: "\n").count <= 2, "\(ending.error)")
        }

        @Test("an engine that does not exist")
        func unknown() async throws {
            let store = try await Harness.shared.image().store
            let ending = try await Harness.run(
                ["build", "--base"], store: store, environment: ["OPENCODE_DOCKER_ENGINE": "lxc"])
            #expect(ending.status == Core.ExitStatus.usage.rawValue)
            #expect(ending.error.contains("'lxc' is invalid for '--engine <engine>'"))
            #expect(ending.error.contains("'embedded', 'docker' or 'podman'"))
        }

        /// A directory with the script under the engine's name.
        private func programs(_ trouble: EngineTrouble) async throws -> FilePath {
            let directory = Harness.directory.appending("engine-\(Files.uniqueSuffix())")
            try Files.makeDirectories(directory)
            if let script = trouble.script {
                let file = directory.appending(trouble.engine)
                try Files.write(Array("#!/bin/sh\n\(script)\n".utf8), to: file)
                try await Shell.must("chmod +x \"$1\"", [file.string])
            }
            return directory
        }
    }
}
