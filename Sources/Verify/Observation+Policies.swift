// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

extension Observation {
    /// What is looked at in the image, or tried with its own programs.
    func everyPolicy() async -> [ProbeResult] {
        async let database = observe("dpkg") { try await self.database() }
        async let sudo = observe("sudo") { try await self.sudo() }
        return await files() + database + sudo
    }

    private func files() async -> [ProbeResult] {
        await observe("image") {
            let installed = text("var/lib/dpkg/status")
            return [
                ProbeResult("image.labels", .host, ImagePolicy.labels(subject.labels)),
                ProbeResult("image.host_keys", .host, ImagePolicy.hostKeys(text("etc/ssh/known_hosts_github"))),
                ProbeResult("image.packages", .host, .difference(installed: installed, locked: subject.packages)),
            ]
        }
    }

    /// A file of the root file system; empty when there is none. No link is followed out of it: an image that made one
    /// of these files a link to the host's would be judged by the host's.
    private func text(_ path: FilePath) -> String {
        let file = container.rootfs.pushing(path)
        var status = stat()
        guard lstat(file.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return "" }
        return String(decoding: (try? Files.read(file, limit: 1 << 26)) ?? [], as: UTF8.self)
    }

    /// dpkg's own opinion: nothing half installed, no file that differs from its package.
    private func database() async throws -> [ProbeResult] {
        try await ["audit", "verify"].asyncMap { question in
            let result = try await run(["dpkg", "--\(question)"], as: .root)
            let lines = String(decoding: result.standardOutput, as: UTF8.self).split(separator: "\n").map(String.init)
            let outcome: Outcome = result.status == 0 ? .list(lines) : .value("status \(result.status)")
            return ProbeResult("image.\(question)", .host, outcome)
        }
    }

    /// Becoming root by asking, and a package installed for real.
    private func sudo() async throws -> [ProbeResult] {
        let identity = try await run(["sudo", "-n", "id", "-u"], as: .agent)
        let answer = String(decoding: identity.standardOutput, as: UTF8.self).filter { $0 != "\n" }
        let outcome: Outcome = identity.status == 0 ? .value(answer) : .value("absent")
        return [ProbeResult("sudo.id", .agent, outcome), ProbeResult("sudo.apt_install", .agent, try await install())]
    }

    private func install() async throws -> Outcome {
        guard subject.installs else { return .skipped("not asked for") }
        let update = try await run(["sudo", "-n", "apt-get", "-qq", "update"], as: .agent, timeout: .seconds(120))
        guard update.status == 0, update.standardError.isEmpty else { return .skipped("no mirror can be reached") }
        let script = ["sudo", "-n", "apt-get", "-qq", "install", "--yes", "--no-install-recommends", "cowsay"]
        let status = try await run(script, as: .agent, timeout: .seconds(300)).status
        return .value("\(status)")
    }

    /// Healthy first; then with a set-uid file where none may be, which the image's check looks for.
    func health() async -> [ProbeResult] {
        await observe("health") {
            let healthy = try await healthStatus()
            let file = container.rootfs.pushing("usr/local/broken-on-purpose")
            try Files.write([], to: file)
            guard chmod(file.string, 0o4755) == 0 else {
                throw FileError("change the mode of", file, Errno(rawValue: errno))
            }
            defer { unlink(file.string) }
            return [
                ProbeResult("health.healthy", .host, healthy),
                ProbeResult("health.broken", .host, try await healthStatus()),
            ]
        }
    }

    private func healthStatus() async throws -> Outcome {
        let command: [String]? =
            switch subject.healthCheck.first {
            case "CMD": Array(subject.healthCheck.dropFirst())
            case "CMD-SHELL": ["/bin/sh", "-c"] + subject.healthCheck.dropFirst()
            default: nil
            }
        guard let command, !command.isEmpty else { return .value("no health check") }
        return .value("\(try await run(command, as: .root).status)")
    }
}

extension Sequence where Self: Sendable {
    /// `map` for work that waits, one after the other.
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
