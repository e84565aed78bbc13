// SPDX-License-Identifier: Apache-2.0

import Core
import Subprocess
import SystemPackage

extension EmbeddedEngine {
    /// Runs `plan` to its end.
    ///
    /// - Parameters:
    ///   - output: Where what the container writes goes.
    ///   - started: Gets the container with `.inherit`, as soon as the runtime runs.
    ///   - afterwards: Gets the directory with everything the container wrote (see `OverlayMount` for how deletions look) and
    ///     its exit status; the directory is gone when it returns.
    /// - Throws: `EngineError`, `FileError`, and what `afterwards` throws.
    package func run<Result>(
        _ plan: ContainerPlan, output: OutputMode, started: @Sendable (ForegroundContainer) -> Void = { _ in },
        afterwards: (FilePath, Int32) async throws -> Result
    ) async throws -> Result {
        if plan.terminal, case .inherit = output {} else if plan.terminal { throw EngineError.terminalNotInherited }
        return try await withScratch(plan) { scratch in
            let status = try await execute(
                command(["run", "--bundle", scratch.bundle.string, scratch.identifier], log: scratch.runtimeLog),
                output: output
            ) { started(ForegroundContainer(process: $0, engine: self, scratch: scratch)) }
            try checkLog(scratch.runtimeLog, status)
            return try await afterwards(scratch.upper, status)
        }
    }

    /// The runtime's command line. Its own complaints go to a file of their own, apart from the container's output.
    func command(_ arguments: [String], log: FilePath) -> [String] {
        ["--root", state.string, "--log", log.string, "--log-format", "json"] + arguments
    }

    /// - Throws: `EngineError.runtimeFailed` when the runtime, and not the container, is the source of a failure.
    func checkLog(_ log: FilePath, _ status: Int32) throws {
        guard status != 0, let reason = RuntimeLog.failure(in: log) else { return }
        throw EngineError.runtimeFailed(runtime: runtime.name, reason: reason)
    }
}
