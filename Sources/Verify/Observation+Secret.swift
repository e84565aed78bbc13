// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Engine
import SystemPackage

extension Observation {
    /// The path of the token: in a tmpfs that every profile has.
    private var place: String { "/tmp/\(fixtures.token)-credential" }

    /// Passes the token as a credential is passed: through a pipe, into a file in memory that only the user can read.
    func plantSecret() async -> [ProbeResult] {
        await observe("secret") {
            let keep = [fixtures.place(of: "probe"), "--keep", place]
            let kept = try await run(keep, as: .agent, input: Array(subject.secret.utf8))
            guard kept.status == 0 else { return [ProbeResult(.secret(.planted), .agent, .value(kept.complaint))] }
            // The negative results below mean nothing unless the token is in the container.
            let files = ImageFiles(root: FilePath("/proc/\(container.pid)/root"))
            let held = files.text(FilePath(String(place.dropFirst())), limit: 4096) == subject.secret
            return [ProbeResult(.secret(.planted), .agent, .value(held ? "held" : "not there"))]
        }
    }

    /// Searches for the token everywhere else.
    func huntSecret(since start: FilePath) async -> [ProbeResult] {
        await observe("secret") {
            let hunt = SecretHunt(secret: subject.secret)
            let scratch = verifier.engine.scratch
            let trees = subject.plan.lowerDirectories + (subject.storage.map { [$0] } ?? [])
            let changed = trees.flatMap { hunt.files(below: $0, changedSince: start) }
            let state = hunt.files(below: scratch)
            let logs = state.filter { $0.string.hasSuffix(".log") }
            let labels = subject.labels.filter { $0.value.contains(subject.secret) }.map { "label \($0.key)" }
            let record = hunt.find(in: try await container.record(), called: "inspect")
            let output = hunt.find(in: (try? await container.output(limit: 1 << 24)) ?? [], called: "output")
            let written = await container.written().map { hunt.files(below: $0) } ?? []
            return [
                result(.state, record + hunt.hits(state.filter { !logs.contains($0) })),
                result(.processes, hunt.processes()),
                result(.logs, output + hunt.hits(logs)),
                result(.git, try await git(hunt)),
                result(.image, labels + hunt.hits(written + changed)),
            ]
        }
    }

    private func result(_ probe: SecretProbe, _ hits: [String]) -> ProbeResult {
        ProbeResult(.secret(probe), .host, .list(Array(Set(hits)).sorted()))
    }

    /// All of git's configuration as the user sees it in the workspace, including remotes.
    private func git(_ hunt: SecretHunt) async throws -> [String] {
        let command = ["git", "-C", subject.workspace ?? "/", "config", "--list", "--show-origin", "--includes"]
        do {
            let result = try await run(command, as: .agent)
            guard result.status == 0 else { return [result.complaint] }
            return hunt.find(in: result.standardOutput, called: "git config")
        } catch let error as EngineError {
            // An image without git: the other places are searched all the same.
            return ["git cannot be asked: \(error.sentence)"]
        }
    }
}
