// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A Docker daemon for tests, in its own network namespace, so that its bridge and its firewall rules are not the
/// machine's, with all its files in a temporary directory.
///
/// The namespace is connected by slirp4netns. With pasta (observed in 2023-03-09), behind a bridge with address
/// translation, answers never reach a container.
struct Daemon {
    static let isPossible = ["/usr/sbin/dockerd", "/usr/sbin/runc", "/usr/bin/slirp4netns"].allSatisfy {
        Files.exists($0)
    }

    let directory: FilePath
    /// A command that starts it in further namespaces.
    let prefix: [String]

    /// Starts a daemon for the duration of `body`.
    static func with<Result>(
        inside prefix: [String] = [], _ body: (Daemon) async throws -> Result
    ) async throws -> Result {
        // A socket's path has at most 107 bytes (unix(7)).
        let daemon = Daemon(directory: FilePath("/tmp/od-\(Files.uniqueSuffix())"), prefix: prefix)
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

    /// Runs a script in which `docker` uses this daemon.
    @discardableResult
    func run(_ script: String, _ arguments: [String] = []) async throws -> Ending {
        try await Shell.run(script, arguments, environment: environment)
    }

    /// The environment for this daemon. The classic builder is part of the daemon; BuildKit is a plugin of the client.
    var environment: [String: String] {
        ["DOCKER_HOST": "unix://\(directory)/socket", "DOCKER_BUILDKIT": "0", "HOME": directory.string]
    }

    private func start() async throws {
        try Files.makeDirectories(directory)
        let script = """
            cd "$1" && : > net && unshare --net="$1/net" true || exit
            # Daemons must not hold open what the test waits for.
            setsid slirp4netns --configure --mtu=1400 --disable-host-loopback --netns-type=path "$1/net" tap0 \
                > slirp.log 2>&1 < /dev/null & echo $! > slirp
            nsenter --net="$1/net" ip link set lo up
            directory=$1; shift
            setsid nsenter --net="$directory/net" "$@" dockerd --data-root "$directory/data" --exec-root "$directory/exec" \
                --host "unix://$directory/socket" --pidfile "$directory/pid" --mtu 1400 > log 2>&1 < /dev/null & echo $! > first
            for try in $(seq 150); do
                DOCKER_HOST="unix://$directory/socket" docker version > /dev/null 2>&1 && break
                sleep 0.2
            done
            first=$(cat first)
            # unshare(1) waits for what it started, and lets no signal through.
            [ $# -eq 0 ] || tr ' ' '\\n' < "/proc/$first/task/$first/children" | head -n 1 > first
            DOCKER_HOST="unix://$directory/socket" docker version > /dev/null 2>&1 && exit 0
            tail log >&2
            exit 1
            """
        try await Shell.must(script, [directory.string] + prefix)
    }

    private func stop() async throws {
        let script = """
            daemon=$(cat "$1/first") && kill "$daemon"
            for try in $(seq 150); do kill -0 "$daemon" 2> /dev/null || break; sleep 0.2; done
            kill "$(cat "$1/slirp")"; umount "$1/net"
            rm -rf "$1"
            """
        try await Shell.must(script, [directory.string])
    }
}
