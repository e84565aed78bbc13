// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Engine
import Glibc
import SystemPackage

extension Observation {
    /// Checks of the image's files, and with the image's own programs.
    func everyPolicy() async -> [ProbeResult] {
        async let database = observe("dpkg") { try await self.database() }
        async let sudo = observe("sudo") { try await self.sudo() }
        return await files() + database + sudo
    }

    private func files() async -> [ProbeResult] {
        await observe("image") {
            let installed = image.text("var/lib/dpkg/status")
            return [
                ProbeResult(.image(.labels), .host, ImagePolicy.labels(subject.labels)),
                ProbeResult(.image(.hostKeys), .host, ImagePolicy.hostKeys(image.text("etc/ssh/known_hosts_github"))),
                ProbeResult(.image(.packages), .host, .difference(installed: installed, locked: subject.packages)),
                ProbeResult(
                    .image(.packageCount), .host, .value("\(InstalledDatabase.parse(installed).packages.count)")),
            ]
        }
    }

    private var image: ImageFiles { ImageFiles(root: container.rootfs) }

    /// The output of dpkg's checks: no half-installed package, no file that differs from its package.
    private func database() async throws -> [ProbeResult] {
        let directory = FilePath("etc/dpkg/dpkg.cfg.d")
        let configuration =
            image.names(in: directory).map { image.text(directory.appending($0)) } + [image.text("etc/dpkg/dpkg.cfg")]
        let verdict = DatabaseVerdict(configuration: configuration.joined(separator: "\n"))
        return try await [(ImageProbe.audit, "--audit"), (.verify, "--verify")].asyncMap { probe, question in
            let result = try await run(["dpkg", question], as: .root)
            let said = String(decoding: result.standardOutput + result.standardError, as: UTF8.self)
            return ProbeResult(
                .image(probe), .host,
                result.status == 0 ? verdict.outcome(of: said) : .value("status \(result.status)"))
        }
    }

    /// Root through sudo.
    private func sudo() async throws -> [ProbeResult] {
        let identity = try await run(["sudo", "-n", "id", "-u"], as: .agent)
        let answer = String(decoding: identity.standardOutput, as: UTF8.self).filter { $0 != "\n" }
        let outcome: Outcome = identity.status == 0 ? .value(answer) : .value("absent")
        return [ProbeResult(.sudo(.id), .agent, outcome)]
    }

    /// The installation of a package.
    func installation() async -> [ProbeResult] {
        await observe("apt-get") { [ProbeResult(.sudo(.aptInstall), .agent, try await install())] }
    }

    private func install() async throws -> Outcome {
        guard subject.installs else { return .skipped("not asked for") }
        let apt = [
            "sudo", "-n", "RES_OPTIONS=timeout:1 attempts:2", "apt-get", "-qq", "-o", "Acquire::Retries=0", "-o",
            "Acquire::http::Timeout=3",
        ]
        let update = try await run(apt + ["update"], as: .agent, timeout: .seconds(120))
        guard update.status == 0, update.standardError.isEmpty else { return .skipped("no mirror can be reached") }
        let script = apt + ["install", "--yes", "--no-install-recommends", "cowsay"]
        let status = try await run(script, as: .agent, timeout: .seconds(300)).status
        return .value("\(status)")
    }

    /// The health check's status: first unchanged, then with a set-uid file in a forbidden place, which the check must
    /// find.
    func health() async -> [ProbeResult] {
        await observe("health") {
            let healthy = try await healthStatus()
            let broken = try await image.withFile("broken-on-purpose", mode: 0o4755, in: "usr/local", healthStatus)
            return [
                ProbeResult(.health(.healthy), .host, healthy), ProbeResult(.health(.broken), .host, broken),
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
        // Until the agent has answered after the start, the check says "starting" and passes; that is no answer.
        for _ in 0..<240 {
            // Runs as the image's own user, as engines run it.
            let result = try await run(command, as: subject.plan.userID == 0 ? .root : .agent)
            let said = String(decoding: result.standardOutput, as: UTF8.self)
            guard result.status == 0, said.contains("starting") else { return .value("\(result.status)") }
            try await Task.sleep(for: .milliseconds(500))
        }
        return .value("starting")
    }
}

extension Sequence where Self: Sendable {
    /// A sequential, asynchronous `map`.
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
