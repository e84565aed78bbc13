// SPDX-License-Identifier: Apache-2.0

import Core
import Subprocess
import SystemPackage

extension EmbeddedEngine {
    /// Runs `plan` to its end.
    ///
    /// - Parameters:
    ///   - output: Where what the container writes goes.
    ///   - afterwards: Gets the folder with everything the container wrote (see `OverlayMount` for how deletions look) and
    ///     its exit status; the folder is gone when it returns.
    /// - Throws: `EngineError`, `FileError`, and what `afterwards` throws.
    package func run<Result>(
        _ plan: ContainerPlan, output: OutputMode, afterwards: (FilePath, Int32) async throws -> Result
    ) async throws -> Result {
        if plan.terminal, case .inherit = output {} else if plan.terminal { throw EngineError.terminalNotInherited }
        return try await withScratch(plan) { scratch in
            let status = try await execute(
                command(["run", "--bundle", scratch.bundle.string, scratch.identifier], scratch), output: output)
            try checkLog(scratch, status)
            return try await afterwards(scratch.upper, status)
        }
    }

    /// Mounts the root file system of `plan` and writes its `config.json` for the time of `body`.
    func withScratch<Result>(
        _ plan: ContainerPlan, _ body: (ContainerScratch) async throws -> Result
    ) async throws -> Result {
        let scratch = try ContainerScratch(for: plan, below: self.scratch, rootless: host.rootless)
        defer { remove(scratch) }
        let configuration = try RuntimeConfiguration.json(
            for: plan, rootPath: scratch.rootPath, host: host, identifier: scratch.identifier)
        try Files.write(configuration, to: scratch.configuration)
        return try await body(scratch)
    }

    /// The runtime's command line. Its own complaints go to a file of their own, apart from the container's output.
    func command(_ arguments: [String], _ scratch: ContainerScratch) -> [String] {
        ["--root", state.string, "--log", scratch.runtimeLog.string, "--log-format", "json"] + arguments
    }

    /// Ends what still runs of a container, then removes its folder.
    private func remove(_ scratch: ContainerScratch) {
        if Files.exists(state.appending(scratch.identifier)) {
            _ = BlockingProcess.run(runtime.path, command(["delete", "--force", scratch.identifier], scratch))
        }
        scratch.remove()
    }

    /// - Throws: `EngineError.runtimeFailed` when the runtime, and not the container, is the source of a failure.
    func checkLog(_ scratch: ContainerScratch, _ status: Int32) throws {
        guard status != 0, let reason = RuntimeLog.failure(in: scratch.runtimeLog) else { return }
        throw EngineError.runtimeFailed(runtime: runtime.name, reason: reason)
    }
}
