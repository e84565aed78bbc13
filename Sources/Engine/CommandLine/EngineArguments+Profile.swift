// SPDX-License-Identifier: Apache-2.0

import OCI
import SystemPackage

extension EngineArguments {
    /// The container's namespaces, and options that turn off the engine's own additions.
    func isolation(
        _ profile: HardeningProfile, hostname: String, _ settings: ContainerSettings
    ) throws(EngineError) -> [String] {
        let own = profile.namespaces
        guard own.contains(.mount) else {
            throw .notForEngine("sharing the host's mount namespace", dialect.kind)
        }
        var words = own.contains(.pid) ? [] : ["--pid", "host"]
        words += ["--ipc", own.contains(.ipc) ? "private" : "host"]
        // In the host's namespace it is the host's; Podman refuses the option there.
        if own.contains(.ipc), profile.limits.sharedMemory != ResourceLimits.usualSharedMemory {
            words += ["--shm-size", "\(profile.limits.sharedMemory)b"]
        }
        words += own.contains(.uts) ? ["--hostname", hostname] : ["--uts", "host"]
        words += ["--cgroupns", own.contains(.cgroup) ? "private" : "host"]
        return words + network(profile, settings) + (dialect == .podman ? podman(settings) : [])
    }

    private func network(_ profile: HardeningProfile, _ settings: ContainerSettings) -> [String] {
        guard profile.namespaces.contains(.network) else { return ["--network", "host"] }
        switch profile.network {
        case .none: return ["--network", "none"]
        case .host: return ["--network", "host"]
        case .full: return settings.networkName.map { ["--network", $0] } ?? []
        }
    }

    /// Turns off Podman's defaults that expose the host (podman-run(1)): the proxies of the caller's environment,
    /// systemd's mounts and notification socket, entries in /etc/passwd.
    private func podman(_ settings: ContainerSettings) -> [String] {
        var words = ["--http-proxy=false", "--systemd", "false", "--sdnotify", "ignore", "--passwd=false"]
        if case .caller(let uid, let gid) = settings.userMapping {
            words += ["--userns", "keep-id:uid=\(uid),gid=\(gid)"]
        }
        return words
    }

    /// Capabilities, seccomp filter, masked paths, root file system.
    ///
    /// - Parameter filter: The value of `seccomp=`; `nil` for the engine's default filter.
    func restrictions(_ profile: HardeningProfile, filter: String?) -> [String] {
        let capabilities = profile.capabilities.sorted { $0.bit < $1.bit }
        var words = ["--cap-drop", "ALL"] + capabilities.flatMap { ["--cap-add", $0.rawValue] }
        if profile.noNewPrivileges { words += security("no-new-privileges") }
        if let filter { words += security("seccomp=\(filter)") }
        words += systemPaths(profile)
        guard profile.readOnlyRoot else { return words }
        // By default Podman mounts tmpfs on directories that the profile does not allow.
        return words + ["--read-only"] + (dialect == .podman ? ["--read-only-tmpfs=false"] : [])
    }

    private func security(_ option: String) -> [String] { ["--security-opt", option] }

    /// The value of `seccomp=`.
    func filter(_ profile: HardeningProfile, _ settings: ContainerSettings) throws(EngineError) -> String {
        guard profile.seccomp != nil else { return "unconfined" }
        guard let file = settings.seccompFile else { throw .invalidSeccomp(profile: profile.name) }
        return try text(of: file)
    }

    /// Both engines mask paths of the kernel by default. Podman can mask more; Docker can only mask none at all.
    private func systemPaths(_ profile: HardeningProfile) -> [String] {
        switch (dialect, profile.maskedPaths.isEmpty) {
        case (.docker, true): security("systempaths=unconfined")
        case (.docker, false): []
        case (.podman, true): security("unmask=ALL")
        case (.podman, false): security("mask=\(profile.maskedPaths.joined(separator: ":"))")
        }
    }

    /// An absent limit is set explicitly: Podman and the daemon's configuration have default limits.
    func limits(_ limits: ResourceLimits) -> [String] {
        var words = ["--pids-limit", limits.pids.map(String.init) ?? "-1"]
        if let memory = limits.memory { words += ["--memory", "\(memory)b"] }
        if let cpus = limits.cpus { words += ["--cpus", "\(cpus)"] }
        return words
    }

    /// The check as one line for the container's shell, as `--health-cmd` expects it.
    func health(_ mode: HealthMode) -> [String] {
        switch mode {
        case .image: return []
        case .off: return ["--no-healthcheck"]
        case .check(let check):
            let isLine = check.test.first == "CMD-SHELL"
            let words = check.test.dropFirst().map { isLine ? $0 : ShellWord.quote($0) }
            let times = [
                ("interval", check.interval), ("timeout", check.timeout), ("start-period", check.startPeriod),
            ].flatMap { name, time in time.map { ["--health-\(name)", "\($0)ns"] } ?? [] }
            return ["--health-cmd", words.joined(separator: " ")] + times
                + (check.retries.map { ["--health-retries", "\($0)"] } ?? [])
        }
    }
}

/// Quotes a word for a POSIX shell (Shell Command Language, 2.2.2 "Single-Quotes").
package enum ShellWord {
    /// Returns the word, quoted when necessary.
    package static func quote(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "_-./:=,@%+".utf8.contains(byte)
        }
        return plain && !word.isEmpty ? word : "'" + word.replacingScalar("'", with: "'\\''") + "'"
    }
}
