// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Engine
import Glibc
import SystemPackage

extension Observation {
    /// Operations that must work: a commit in the workspace, correct file ownership on the host, name resolution and
    /// certificates.
    func work() async -> [ProbeResult] {
        await observe("workspace") { try await workspace() } + observe("network") { try await network() }
    }

    private func workspace() async throws -> [ProbeResult] {
        guard let target = subject.workspace,
            let mount = subject.plan.mounts.first(where: { $0.target == target })
        else {
            return [
                ProbeResult(.workspace(.owner), .host, .skipped("no workspace")),
                ProbeResult(.workspace(.commit), .agent, .skipped("no workspace")),
            ]
        }
        let name = ".verify-\(Files.uniqueSuffix())"
        let script = """
            mkdir "$1/$2" && cd "$1/$2" && git init -q . && echo x >file && git add file &&
            git -c user.name=verify -c user.email=verify@localhost commit -q -m x && git rev-list --count HEAD
            """
        let result = try await run(["/bin/sh", "-c", script, "sh", target, name], as: .agent)
        // The directory is kept until the container has ended: its removal now would race with the container's
        // processes.
        let file = ImageFiles(root: mount.source).status(of: FilePath(name).appending("file"))
        let owner = file.map { "\($0.st_uid):\($0.st_gid)" }
        return [
            ProbeResult(.workspace(.owner), .host, .value(owner ?? "no file")),
            ProbeResult(
                .workspace(.commit), .agent, result.status == 0 ? .value(result.text) : .value(result.complaint)),
        ]
    }

    /// A resolver configuration with short timeouts for unreachable servers (resolv.conf(5)).
    private static let impatient = ["env", "RES_OPTIONS=timeout:1 attempts:2"]

    /// Resolves a name with the container's resolver, and checks the certificate of a well-known host with the image's
    /// authorities. A host that the machine does not reach either is skipped.
    private func network() async throws -> [ProbeResult] {
        async let dns = name()
        async let tls = certificate()
        return [
            ProbeResult(.network(.dns), .agent, try await dns), ProbeResult(.network(.tls), .agent, try await tls),
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
        // curl(1): 5 and 6 name not resolved, 7 not connected, 28 timeout.
        let silent = [5, 6, 7, 28].contains(result.status)
        return unreached(silent ? "no answer" : result.complaint, HostReach.connects("github.com", port: 443))
    }

    /// Without a network no answer is expected; with one it is a failure, if the machine itself gets an answer.
    private func unreached(_ answer: String, _ machineReaches: Bool) -> Outcome {
        let expectsNothing = subject.plan.profile.network == .none
        return expectsNothing || machineReaches ? .value(answer) : .skipped("the machine does not reach it either")
    }
}

extension ProcessResult {
    /// The standard output without the final newline.
    var text: String {
        String(decoding: standardOutput, as: UTF8.self).trimmingPrefix("\n").split(separator: "\n").joined(
            separator: " ")
    }

    /// The exit status and the last line of the standard error.
    var complaint: String {
        let line = String(decoding: standardError, as: UTF8.self).split(separator: "\n").last.map {
            String($0.prefix(120))
        }
        return "status \(status)" + (line.map { ": \($0)" } ?? "")
    }
}
