// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Testing

/// A project with few packages, a git remote, a registry and a key, as its maintainers have it.
struct ReleasedProject: Sendable {
    /// The directory.
    let directory: FilePath
    /// The registry.
    let host: String

    /// The name of its images.
    var name: String { "\(host)/team/opencode-docker" }
    var origin: FilePath { directory.appending("origin.git") }
    var store: FilePath { directory.appending("store") }

    /// Runs `body` with a project whose packages are locked before the security updates, and with the updated sources.
    /// The registry is Debian's, on loopback, with TLS and a password.
    static func with(
        _ name: String, _ body: @Sendable (ReleasedProject, _ updates: [String]) async throws -> Void
    ) async throws {
        let directory = Harness.directory.appending(name)
        try Files.makeDirectories(directory)
        try await Loopback.with("docker_registry.py", [directory.string]) { port in
            let project = ReleasedProject(directory: directory, host: "127.0.0.1:\(port)")
            let updates = try await project.found()
            try await body(project, updates)
        }
    }

    private func found() async throws -> [String] {
        try await Shell.must(Self.make, [directory.string, Harness.repository.string, name])
        let first = directory.appending("first")
        try await must(in: first, ["resolve", "-q"])
        let script = Harness.repository.pushing("Tests/CommandsIntegrationTests/Fixtures/before_security.py")
        let updates = try await Shell.must(
            "python3 \"$1\" \"$2/versions.lock\" \"$3\"", [script.string, first.string, store.string])
        // The program's own format of the lock, without changes.
        try await must(in: first, ["resolve", "-q", "--update-missing"])
        try await Shell.must(
            """
            cd "$1" && git init -q -b main && git add . && git -c user.name=M -c user.email=m@example.org commit -qm First
            git clone -q --bare . ../origin.git
            """, [first.string])
        return updates.split(separator: "\n").map(String.init)
    }

    /// A fresh clone, as in a CI job.
    func clone(_ name: String) async throws -> FilePath {
        let clone = directory.appending(name)
        try await Shell.must("git clone -q \"$1\" \"$2\"", [origin.string, clone.string])
        return clone
    }

    /// The environment for the registry, for the program and skopeo.
    var login: [String: String] {
        [
            "SSL_CERT_FILE": "\(directory)/authorities", "CURL_CA_BUNDLE": "\(directory)/authorities",
            "REGISTRY_AUTH_FILE": "\(directory)/auth.json",
            "DOCKER_CONFIG": "\(directory)/none", "CERTS": "\(directory)/certificates",
        ]
    }

    /// Runs the program in a clone, with the key, the author and the login.
    func run(in clone: FilePath, _ arguments: [String], _ more: [String: String] = [:]) async throws -> Ending {
        try await Harness.run(
            arguments, store: store,
            environment: [
                "OPENCODE_DOCKER_KEY": directory.appending("release.pem").string, "PROJECT": clone.string,
                "OPENCODE_DOCKER_AUTHOR": "M <m@example.org>", "OPENCODE_DOCKER_OFFLINE": "1",
            ].merging(login) { $1 }.merging(more) { $1 }, prefix: "cd \"$PROJECT\"")
    }

    private func must(in clone: FilePath, _ arguments: [String]) async throws {
        let ending = try await run(in: clone, arguments)
        guard ending.status == 0 else {
            throw Shell.Failed(script: "\(arguments)", output: ending.output, error: ending.error)
        }
    }

    /// Runs `release` or `nightly` on the image without an agent.
    func publish(in clone: FilePath, _ command: String, _ arguments: String...) async throws -> Ending {
        try await run(in: clone, [command, "--base"] + arguments)
    }

    /// Runs a script with skopeo; `$IMAGE` is the image without a tag.
    @discardableResult
    func skopeo(_ script: String) async throws -> String {
        try await Shell.must(script, environment: login.merging(["IMAGE": "docker://\(name)"]) { $1 })
    }

    private static let make = """
        set -e
        mkdir "$1/first"; cd "$1/first"
        cat "${CURL_CA_BUNDLE:-/etc/ssl/certs/ca-certificates.crt}" "$1/certificates/ca.crt" > "$1/authorities"
        cp -a "$2/image" "$2/SECURITY.md" .
        sed -i -e '/^packages:/,/^# Left out/c packages:\\n  few: [usr-is-merged, tini, s6, procps, ca-certificates, openssh-client, git]\\n' \
            -e 's,/usr/bin/zsh,/bin/bash,; s,en_US\\.UTF-8,C.UTF-8,; s/^version: .*/version: 1.0.0/' image/image.yaml
        printf '# Changelog\\n\\n## [Unreleased]\\n\\n### Added\\n\\n- Everything.\\n' > CHANGELOG.md
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ../release.pem 2> /dev/null
        openssl pkey -in ../release.pem -pubout -out opencode-docker.pub
        printf '{"version": 1, "repositories": [
          {"repository": "%s", "keys": [{"file": "opencode-docker.pub"}], "tag": "latest-base"}]}\\n' "$3" > trust.json
        """
}
