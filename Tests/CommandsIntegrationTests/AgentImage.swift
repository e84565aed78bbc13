// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage

/// A definition with few packages in its own directory, whose agent is a shell script from a server on loopback.
struct AgentImage: Sendable {
    let directory: FilePath
    let store: FilePath
    let port: Int

    var definition: FilePath { directory.appending("image/image.yaml") }
    var lock: FilePath { directory.appending("versions.lock") }

    /// The agent's version in the repository's definition is not among them.
    static let versions = ["1.90.0", "1.91.0"]

    /// Creates the definition, and serves its agent for the duration of `body`.
    static func with(_ name: String, _ body: @Sendable (AgentImage) async throws -> Void) async throws {
        let directory = Harness.directory.appending(name)
        try Files.makeDirectories(directory)
        try await Shell.must(make, [Harness.repository.string, directory.string] + versions)
        try await Loopback.with("files.py", [directory.appending("served").string]) { port in
            try await Shell.must("sed -i \"s/PORT/$2/\" \"$1/image/image.yaml\"", [directory.string, "\(port)"])
            try await body(AgentImage(directory: directory, store: directory.appending("store"), port: port))
        }
    }

    /// The path of the agent's archive for a machine.
    func archive(_ version: String, _ machine: String) -> FilePath {
        directory.appending("served/v\(version)/opencode-linux-\(machine).tar.gz")
    }

    /// Runs the program on the definition.
    func run(_ arguments: String...) async throws -> Ending {
        try await Harness.run(
            arguments, store: store,
            environment: [
                "OPENCODE_DOCKER_IMAGE_DIR": directory.appending("image").string, "OPENCODE_DOCKER_LOCK": lock.string,
            ])
    }

    /// The digest of a file in hexadecimal.
    func digest(_ file: FilePath) async throws -> String {
        try await Shell.must("sha256sum < \"$1\" | cut -c -64", [file.string]).trimmingCharacters(in: .newlines)
    }

    private static let make = """
        set -e
        cp -a "$1/image" "$2/"; cd "$2"; shift 2
        sed -i -e 's/^name: .*/name: agent/' -e '/^packages:/,/^# Left out/c packages:\\n  few: [usr-is-merged, tini]\\n' \
            -e 's,/usr/bin/zsh,/bin/bash,; s,en_US\\.UTF-8,C.UTF-8,' \
            -e 's,https://github.com/.*/\\(v{version}/.*\\),http://127.0.0.1:PORT/\\1,' image/image.yaml
        for version; do
            for machine in x64 arm64; do
                mkdir -p "served/v$version"
                printf '#!/bin/sh\\necho %s %s\\n' "$version" "$machine" > opencode; chmod 755 opencode
                tar -czf "served/v$version/opencode-linux-$machine.tar.gz" opencode; rm opencode
            done
        done
        """
}
