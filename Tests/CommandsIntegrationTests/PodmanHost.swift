// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Podman with images, containers and configuration in a temporary directory.
struct PodmanHost {
    static let isPossible = ["/usr/bin/podman", "/usr/sbin/runc"].allSatisfy { Files.exists($0) }

    let directory: FilePath
    /// The user; `nil` for root.
    let user: String?

    /// Prepares a host for the duration of `body`.
    ///
    /// The limits are those that every machine grants, and the runtime is runc, because older versions of crun refuse
    /// hybrid control groups.
    static func with<Result>(user: String? = nil, _ body: (PodmanHost) async throws -> Result) async throws -> Result {
        let fixture = PodmanHost(directory: FilePath("/tmp/op-\(Files.uniqueSuffix())"), user: user)
        try await fixture.prepare()
        do {
            let result = try await body(fixture)
            try await fixture.remove()
            return result
        } catch {
            try? await fixture.remove()
            throw error
        }
    }

    /// The environment for this Podman's images.
    var environment: [String: String] {
        [
            "CONTAINERS_CONF": "\(directory)/containers.conf", "CONTAINERS_STORAGE_CONF": "\(directory)/storage.conf",
            "HOME": directory.string, "XDG_RUNTIME_DIR": "\(directory)/run", "TMPDIR": "\(directory)/tmp",
        ]
    }

    /// Creates the directory and the configuration.
    func prepare() async throws {
        let script = """
            set -e; mkdir -p "$1/run" "$1/tmp"; chmod 700 "$1/run"
            printf '[containers]\\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\\n[engine]\\n' \
                > "$1/containers.conf"
            printf 'runtime = "runc"\\ncgroup_manager = "cgroupfs"\\nevents_logger = "file"\\n' >> "$1/containers.conf"
            printf '[storage]\\ndriver = "overlay"\\ngraphroot = "%s/root"\\nrunroot = "%s/run"\\n' "$1" "$1" \
                > "$1/storage.conf"
            [ -z "$2" ] || chown -R "$2:" "$1"
            """
        try await Shell.must(script, [directory.string, user ?? ""])
    }

    private func remove() async throws {
        let script = """
            if [ -z "$2" ]; then podman system reset --force > /dev/null 2>&1 || true
            else setpriv --reuid "$2" --regid "$(id -g "$2")" --init-groups podman unshare rm -rf "$1/root" || true; fi
            rm -rf "$1"
            """
        try await Shell.must(script, [directory.string, user ?? ""], environment: environment)
    }
}
