// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Glibc
import SystemPackage

/// A project, state and home for `run`, on one engine.
struct RunHarness: Sendable {
    let directory: FilePath
    let engine: String
    let engineEnvironment: [String: String]
    let store: FilePath
    /// Whether the program runs as the project's owner, with no privilege except access to root's store and socket.
    let isOrdinary: Bool

    /// A directory in memory for this harness only.
    private var memory: String { "/dev/shm/\(directory.lastComponent?.string ?? "")" }

    var project: FilePath { directory.pushing("work/api") }

    /// The UID and GID of the project's owner, unused otherwise.
    static let owner = 4321

    /// Runs `body` with a repository that belongs to its own user.
    static func with<Result>(
        engine: String = "embedded", environment: [String: String] = [:], isOrdinary: Bool = false,
        _ body: (RunHarness) async throws -> Result
    ) async throws -> Result {
        let directory = FilePath("/tmp/run-harness-\(Files.uniqueSuffix())")
        let store = try await store()
        let harness = RunHarness(
            directory: directory, engine: engine, engineEnvironment: environment, store: store, isOrdinary: isOrdinary)
        let script = """
            mkdir -p "$1/work/api" "$1/home"; cd "$1/work/api"; export HOME="$1/home"
            git init -q .; git -c user.name=a -c user.email=a@b commit -q --allow-empty -m first
            git config --global user.name 'Ada "B"'; git config --global user.email a@b
            chown -R "$2:$2" .; mkdir -p "$1/state" "$3"; touch "$1/state/welcomed"
            printf '#!/bin/sh\nexec setpriv --reuid %s --regid %s --clear-groups --inh-caps +dac_override %s "$@"\n' \
                "$2" "$2" "--ambient-caps +dac_override $4" > "$1/ordinary"; chmod 755 "$1/ordinary"
            [ -z "$5" ] || chown -R "$2:$2" "$1/home" "$1/state" "$3"
            """
        try await Shell.must(
            script,
            [directory.string, "\(owner)", harness.memory, Harness.program.string, isOrdinary ? "ordinary" : ""])
        do {
            let result = try await body(harness)
            try await Shell.must("rm -rf \"$1\" \"$2\"", [directory.string, harness.memory])
            return result
        } catch {
            _ = try? await Shell.must("rm -rf \"$1\"", [directory.string])
            throw error
        }
    }

    /// A store with the image: the one that the other tests built, or one that the environment names, to save time.
    private static func store() async throws -> FilePath {
        if let named = ProcessInfo.processInfo.environment["OPENCODE_DOCKER_TRIAL_STORE"] { return FilePath(named) }
        return try await Harness.shared.image().store
    }

    var variables: [String: String] {
        let own = [
            "OPENCODE_DOCKER_STORE": store.string, "OPENCODE_DOCKER_STATE": "\(directory)/state",
            "HOME": "\(directory)/home",
            "OPENCODE_DOCKER_ENGINE": engine, "DOCKER_HOST": "unix:///nonexistent", "NO_COLOR": "1",
            "XDG_RUNTIME_DIR": memory, "PROGRAM": isOrdinary ? "\(directory)/ordinary" : Harness.program.string,
            "PROJECT": project.string,
            "XDG_CONFIG_HOME": "\(directory)/home/.config", "SSH_AUTH_SOCK": "", "GH_TOKEN": "", "GITHUB_TOKEN": "",
        ]
        // The home and the directory in memory are the caller's, not those of the engine's fixture.
        return engineEnvironment.merging(own) { engine, own in engine.hasPrefix("unix:") ? engine : own }
    }

    /// Runs a script on the host in the project; `$PROGRAM` is the program.
    func host(_ script: String, _ arguments: [String] = [], _ more: [String: String] = [:]) async throws -> Ending {
        try await Shell.run(
            "cd \"$PROJECT\"\n\(script)", arguments, environment: variables.merging(more) { $1 })
    }

    /// Runs a script in a container, without network.
    func inside(_ script: String, _ options: String = "", _ more: [String: String] = [:]) async throws -> Ending {
        try await host("exec \"$PROGRAM\" run --network none \(options) -- sh -c \"$1\"", [script], more)
    }
}
