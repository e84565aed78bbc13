// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

extension RunningContainer {
    /// Runs one more process in the container, with the container's seccomp filter and no-new-privileges flag.
    ///
    /// - Parameters:
    ///   - input: The standard input of the process.
    ///   - limit: The maximum number of bytes of each output.
    ///   - timeout: The maximum time.
    /// - Throws: `EngineError.timedOut`, `.outputTooLarge`, and `.runtimeFailed` when the program could not be started.
    package func exec(
        _ process: ProcessPlan, input: [UInt8] = [], limit: Int = 1 << 24, timeout: Duration = .seconds(60)
    ) async throws -> ProcessResult {
        let name = Files.uniqueSuffix()
        let log = scratch.directory.appending("exec-\(name).log")
        let file = scratch.directory.appending("exec-\(name).json")
        try Files.write(try RuntimeConfiguration.json(for: process, in: plan), to: file, mode: [.ownerReadWrite])
        let arguments = engine.command(["exec", "--process", file.string, id], log: log)
        let result = try await TimeLimit.run(timeout, process.arguments.first ?? "") { [engine] in
            try await collect(engine, arguments, input: input, limit: limit, process)
        }
        try engine.checkLog(log, result.status)
        return result
    }

    private func collect(
        _ engine: EmbeddedEngine, _ arguments: [String], input: [UInt8], limit: Int, _ process: ProcessPlan
    ) async throws -> ProcessResult {
        do {
            return try await engine.runtimeCall(arguments).result(input: input, limit: limit)
        } catch ProgramError.outputTooLarge {
            throw EngineError.outputTooLarge(process: process.arguments.first ?? "", limit: limit)
        }
    }
}
