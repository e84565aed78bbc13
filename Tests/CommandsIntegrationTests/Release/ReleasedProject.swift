// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage

/// A project with few packages, a git remote, a key and a place for its images, as its maintainers have it.
struct ReleasedProject: Sendable {
    /// Everything of it.
    let folder: FilePath
    /// What `--destination` and `--repository` are given; the folder stands in for the registry of that name.
    let destination: [String]

    var registry: FilePath { folder.appending("registry") }
    var origin: FilePath { folder.appending("origin.git") }
    var store: FilePath { folder.appending("store") }
    static let name = "registry.example/team/opencode-docker"

    /// Founds it: the locked packages are those of a day before the security updates.
    ///
    /// - Returns: The project, and the sources that have a security update.
    static func found(_ name: String) async throws -> (ReleasedProject, updates: [String]) {
        let folder = Bench.folder.appending(name)
        try Files.makeDirectories(folder)
        let project = ReleasedProject(folder: folder, destination: ["--destination", "oci:\(folder)/registry"])
        try await Shell.must(make, [folder.string, Bench.repository.string, Self.name])
        let first = folder.appending("first")
        let resolved = try await project.run(in: first, ["resolve", "-q"])
        guard resolved.status == 0 else {
            throw Shell.Failed(script: "resolve", output: resolved.output, error: resolved.error)
        }
        let script = Bench.repository.pushing("Tests/CommandsIntegrationTests/Fixtures/before_security.py")
        let updates = try await Shell.must(
            "python3 \"$1\" \"$2/versions.lock\" \"$3\"", [script.string, first.string, project.store.string])
        // The program's own form of the lock: nothing moves.
        let rewritten = try await project.run(in: first, ["resolve", "-q", "--update-missing"])
        guard rewritten.status == 0 else {
            throw Shell.Failed(script: "resolve", output: rewritten.output, error: rewritten.error)
        }
        try await Shell.must(
            """
            cd "$1" && git init -q -b main && git add . && git -c user.name=M -c user.email=m@example.org commit -qm First
            git clone -q --bare . ../origin.git
            """, [first.string])
        return (project, updates.split(separator: "\n").map(String.init))
    }

    /// A clone of its own, as each night on a CI has one.
    func clone(_ name: String) async throws -> FilePath {
        let clone = folder.appending(name)
        try await Shell.must("git clone -q \"$1\" \"$2\"", [origin.string, clone.string])
        return clone
    }

    /// Runs the program in a clone, with the key and the author.
    func run(in clone: FilePath, _ arguments: [String], _ more: [String: String] = [:]) async throws -> Ending {
        try await Bench.run(
            arguments, store: store,
            environment: [
                "OPENCODE_DOCKER_KEY": folder.appending("release.pem").string, "PROJECT": clone.string,
                "OPENCODE_DOCKER_AUTHOR": "M <m@example.org>", "OPENCODE_DOCKER_OFFLINE": "1",
            ].merging(more) { $1 }, prefix: "cd \"$PROJECT\"")
    }

    /// Runs `release` or `nightly` on the image without an agent.
    func publish(in clone: FilePath, _ command: String, _ arguments: String...) async throws -> Ending {
        try await run(in: clone, [command, "--base"] + destination + arguments)
    }

    private static let make = """
        set -e
        mkdir "$1/first"; cd "$1/first"
        cp -a "$2/image" "$2/SECURITY.md" .
        sed -i -e '/^packages:/,/^# Left out/c packages:\\n  few: [usr-is-merged, tini, s6, procps, ca-certificates, openssh-client, git]\\n' \
            -e 's,/usr/bin/zsh,/bin/bash,; s,en_US\\.UTF-8,C.UTF-8,' image/image.yaml
        printf '# Changelog\\n\\n## [Unreleased]\\n\\n### Added\\n\\n- Everything.\\n' > CHANGELOG.md
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ../release.pem 2> /dev/null
        openssl pkey -in ../release.pem -pubout -out opencode-docker.pub
        printf '{"version": 1, "repositories": [{"repository": "%s", "keys": [{"file": "opencode-docker.pub"}]}]}\\n' \
            "$3" > trust.json
        """
}
