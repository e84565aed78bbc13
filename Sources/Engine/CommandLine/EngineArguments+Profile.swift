// SPDX-License-Identifier: Apache-2.0

import OCI
import SystemPackage

extension EngineArguments {
    /// What the container has for itself, and what the engine would otherwise add of its own.
    func isolation(_ plan: ContainerPlan, _ settings: ContainerSettings) throws(EngineError) -> [String] {
        let own = plan.profile.namespaces
        guard own.contains(.mount) else {
            throw .notForEngine("to give a container the host's mount namespace", dialect.kind)
        }
        var words = own.contains(.pid) ? [] : ["--pid", "host"]
        words += ["--ipc", own.contains(.ipc) ? "private" : "host"]
        words += own.contains(.uts) ? ["--hostname", plan.hostname] : ["--uts", "host"]
        words += ["--cgroupns", own.contains(.cgroup) ? "private" : "host"]
        return words + network(plan.profile, settings) + (dialect == .podman ? podman(settings) : [])
    }

    private func network(_ profile: HardeningProfile, _ settings: ContainerSettings) -> [String] {
        guard profile.namespaces.contains(.network) else { return ["--network", "host"] }
        switch profile.network {
        case .none: return ["--network", "none"]
        case .host: return ["--network", "host"]
        case .full: return settings.networkName.map { ["--network", $0] } ?? []
        }
    }

    /// Podman's own conveniences, each of which would bring something of the host in (podman-run(1)): the proxies of
    /// the caller's environment, systemd's mounts and its notification socket, lines in /etc/passwd.
    private func podman(_ settings: ContainerSettings) -> [String] {
        var words = ["--http-proxy=false", "--systemd", "false", "--sdnotify", "ignore", "--passwd=false"]
        if case .caller(let uid, let gid) = settings.userMapping {
            words += ["--userns", "keep-id:uid=\(uid),gid=\(gid)"]
        }
        return words
    }

    /// Capabilities, filter, hidden paths, root file system.
    func restrictions(_ profile: HardeningProfile, _ settings: ContainerSettings) throws(EngineError) -> [String] {
        let capabilities = profile.capabilities.sorted { $0.bit < $1.bit }
        var words = ["--cap-drop", "ALL"] + capabilities.flatMap { ["--cap-add", $0.rawValue] }
        if profile.noNewPrivileges { words += security("no-new-privileges") }
        words += security("seccomp=\(try filter(profile, settings))")
        words += systemPaths(profile)
        guard profile.readOnlyRoot else { return words }
        // Podman would put directories in memory where the profile may not have any.
        return words + ["--read-only"] + (dialect == .podman ? ["--read-only-tmpfs=false"] : [])
    }

    private func security(_ option: String) -> [String] { ["--security-opt", option] }

    private func filter(_ profile: HardeningProfile, _ settings: ContainerSettings) throws(EngineError) -> String {
        guard profile.seccomp != nil else { return "unconfined" }
        guard let file = settings.seccompFile else { throw .invalidSeccomp(profile: profile.name) }
        return try text(of: file)
    }

    /// Both engines hide paths of the kernel by themselves. Podman can be told of more; Docker only of none at all.
    private func systemPaths(_ profile: HardeningProfile) -> [String] {
        switch (dialect, profile.maskedPaths.isEmpty) {
        case (.docker, true): security("systempaths=unconfined")
        case (.docker, false): []
        case (.podman, true): security("unmask=ALL")
        case (.podman, false): security("mask=\(profile.maskedPaths.joined(separator: ":"))")
        }
    }

    /// No limit is said as well: Podman and the daemon's configuration have limits of their own.
    func limits(_ limits: ResourceLimits) -> [String] {
        var words = ["--pids-limit", limits.pids.map(String.init) ?? "-1"]
        if let memory = limits.memory { words += ["--memory", "\(memory)b"] }
        if let cpus = limits.cpus { words += ["--cpus", "\(cpus)"] }
        return words
    }

    /// The check as one line for the container's shell, which is how `--health-cmd` takes it.
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

/// A word for a POSIX shell (Shell Command Language, 2.2.2 "Single-Quotes").
package enum ShellWord {
    /// The word, quoted when it has to be.
    package static func quote(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "_-./:=,@%+".utf8.contains(byte)
        }
        return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
