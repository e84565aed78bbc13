// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A Docker daemon of our own: a network namespace of its own, so that its bridge is not the machine's, no firewall rules,
/// everything in a folder that is removed.
struct Daemon {
    static let isPossible = ["/usr/sbin/dockerd", "/usr/sbin/runc"].allSatisfy { Files.exists($0) }

    let folder: FilePath

    /// Starts one for the time of `body`.
    static func with<Result>(_ body: (Daemon) async throws -> Result) async throws -> Result {
        // A socket's path has at most 107 bytes (unix(7)).
        let daemon = Daemon(folder: FilePath("/tmp/od-\(Files.uniqueSuffix())"))
        try await daemon.start()
        do {
            let result = try await body(daemon)
            try await daemon.stop()
            return result
        } catch {
            try? await daemon.stop()
            throw error
        }
    }

    /// Runs a script in which `docker` talks to this daemon.
    @discardableResult
    func run(_ script: String, _ arguments: [String] = []) async throws -> Ending {
        try await Shell.run(script, arguments, environment: environment)
    }

    /// What leads a program to this daemon. The classic builder is part of it; the other one is a plugin of the client.
    var environment: [String: String] {
        ["DOCKER_HOST": "unix://\(folder)/socket", "DOCKER_BUILDKIT": "0", "HOME": folder.string]
    }

    private func start() async throws {
        try Files.makeDirectories(folder)
        let script = """
            cd "$1" && setsid unshare --net -- sh -c 'ip link set lo up; exec dockerd "$@"' sh \
                --data-root "$1/data" --exec-root "$1/exec" --host "unix://$1/socket" --pidfile "$1/pid" \
                --iptables=false --ip6tables=false > "$1/log" 2>&1 < /dev/null &
            for try in $(seq 150); do
                DOCKER_HOST="unix://$1/socket" docker version > /dev/null 2>&1 && exit 0
                sleep 0.2
            done
            tail "$1/log" >&2
            exit 1
            """
        try await Shell.must(script, [folder.string])
    }

    private func stop() async throws {
        let script = """
            daemon=$(cat "$1/pid") && kill "$daemon"
            for try in $(seq 150); do kill -0 "$daemon" 2> /dev/null || break; sleep 0.2; done
            rm -rf "$1"
            """
        try await Shell.must(script, [folder.string])
    }
}
