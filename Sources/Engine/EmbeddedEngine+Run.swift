// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

extension EmbeddedEngine {
    /// Runs `plan` until it ends.
    ///
    /// - Parameters:
    ///   - output: The destination of the container's output.
    ///   - processes: The number of processes at which the container is ended; `nil` for no such end.
    ///   - limits: Records the limits that the container reaches.
    ///   - started: Called with the container as soon as the runtime runs; `.inherit` only.
    ///   - afterwards: Called with the directory of everything that the container wrote (see `OverlayMount` for
    ///     deletions) and the exit status; the directory is removed afterwards.
    /// - Throws: `EngineError.tooManyProcesses`, `.runtimeLeft`, other `EngineError`, `FileError`, and what `afterwards` throws.
    package func run<Result>(
        _ plan: ContainerPlan, output: OutputMode, processes: Int? = nil,
        limits: LimitWatch? = nil, started: @Sendable (ForegroundContainer) -> Void = { _ in },
        afterwards: (FilePath, Int32) async throws -> Result
    ) async throws -> Result {
        if plan.terminal, case .inherit = output {} else if plan.terminal { throw EngineError.terminalNotInherited }
        return try await withScratch(plan) { scratch in
            let watch = processes.map { ProcessLimit(scratch, limit: $0) }
            async let _: Void? = watch?.run()
            limits?.begin { [scratch.identifier] }
            defer { limits?.end() }
            let arguments = [
                "run", "--bundle", scratch.bundle.string, "--pid-file", scratch.processFile.string, scratch.identifier,
            ]
            let status = try await execute(command(arguments, log: scratch.runtimeLog), output: output) {
                started(ForegroundContainer(process: $0, engine: self, scratch: scratch))
            }
            // After a signal in its first moments, runc 1.1 ends with 0 at once. Otherwise it removes its state first.
            if Files.exists(state.appending(scratch.identifier)) {
                throw EngineError.runtimeLeft(runtime: runtime.name, status: status)
            }
            if let processes, watch?.hasEnded == true { throw EngineError.tooManyProcesses(processes) }
            try checkLog(scratch.runtimeLog, status)
            return try await afterwards(scratch.upper, status)
        }
    }

    /// The runtime's command line. Its own messages are written to a separate file, apart from the container's output.
    func command(_ arguments: [String], log: FilePath) -> [String] {
        ["--root", state.string, "--log", log.string, "--log-format", "json"] + arguments
    }

    /// - Throws: `EngineError.runtimeFailed` when the runtime, not the container, failed.
    func checkLog(_ log: FilePath, _ status: Int32) throws {
        guard status != 0, let reason = RuntimeLog.failure(in: log) else { return }
        throw EngineError.runtimeFailed(runtime: runtime.name, reason: reason)
    }
}
