// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

extension Observation {
    /// What must work: a commit in the workspace, files that are the caller's on the host, names and certificates.
    func work() async -> [ProbeResult] {
        await observe("workspace") { try await workspace() } + observe("network") { try await network() }
    }

    private func workspace() async throws -> [ProbeResult] {
        guard let target = subject.workspace,
            let mount = subject.plan.mounts.first(where: { $0.target == target })
        else {
            return [
                ProbeResult("ws.owner", .host, .skipped("no workspace")),
                ProbeResult("git.commit", .agent, .skipped("no workspace")),
            ]
        }
        let name = ".verify-\(Files.uniqueSuffix())"
        let script = """
            mkdir "$1/$2" && cd "$1/$2" && git init -q . && echo x >file && git add file &&
            git -c user.name=verify -c user.email=verify@localhost commit -q -m x && git rev-list --count HEAD
            """
        let result = try await run(["/bin/sh", "-c", script, "sh", target, name], as: .agent)
        // It stays until the container has ended: to remove it now would be a race with whatever runs in there.
        let file = ImageFiles(root: mount.source).status(of: FilePath(name).appending("file"))
        let owner = file.map { "\($0.st_uid):\($0.st_gid)" }
        return [
            ProbeResult("ws.owner", .host, .value(owner ?? "no file")),
            ProbeResult("git.commit", .agent, result.status == 0 ? .value(result.text) : .value(result.complaint)),
        ]
    }

    /// A resolver that does not wait for a server that is not there (resolv.conf(5)).
    private static let impatient = ["env", "RES_OPTIONS=timeout:1 attempts:2"]

    /// Names by the container's resolver; a certificate of a host everybody knows, checked against the image's
    /// authorities. What the machine itself does not reach cannot be tried from a container.
    private func network() async throws -> [ProbeResult] {
        async let dns = name()
        async let tls = certificate()
        return [
            ProbeResult("net.dns", .agent, try await dns), ProbeResult("net.tls", .agent, try await tls),
        ]
    }

    private func name() async throws -> Outcome {
        let host = subject.knownHost ?? "github.com"
        let result = try await run(Self.impatient + ["getent", "ahosts", host], as: .agent)
        if result.status == 0 { return .ok }
        return unreached(result.status == 2 ? "no answer" : result.complaint, HostReach.resolves(host))
    }

    private func certificate() async throws -> Outcome {
        let command =
            Self.impatient + [
                "curl", "--silent", "--show-error", "--head", "--output", "/dev/null", "--connect-timeout", "3",
                "--max-time", "6", "https://github.com/",
            ]
        let result = try await run(command, as: .agent)
        if result.status == 0 { return .ok }
        // 5, 6, 7, 28: no name, no connection, no answer in time (curl(1)).
        let silent = [5, 6, 7, 28].contains(result.status)
        return unreached(silent ? "no answer" : result.complaint, HostReach.connects("github.com", port: 443))
    }

    /// Without a network silence is what is expected; with one it is a fault, if the machine does better.
    private func unreached(_ answer: String, _ machineReaches: Bool) -> Outcome {
        let expectsNothing = subject.plan.profile.network == .none
        return expectsNothing || machineReaches ? .value(answer) : .skipped("the machine does not reach it either")
    }
}

extension ProcessResult {
    /// Its standard output without the newline at the end.
    var text: String {
        String(decoding: standardOutput, as: UTF8.self).trimmingPrefix("\n").split(separator: "\n").joined(
            separator: " ")
    }

    /// The last line of its complaint, with its status.
    var complaint: String {
        let line = String(decoding: standardError, as: UTF8.self).split(separator: "\n").last.map {
            String($0.prefix(120))
        }
        return "status \(status)" + (line.map { ": \($0)" } ?? "")
    }
}
