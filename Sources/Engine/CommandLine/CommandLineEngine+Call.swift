// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension CommandLineEngine {
    /// Runs the program and returns its result, whatever the exit status.
    ///
    /// - Throws: `EngineError.timedOut`, `.outputTooLarge`, `.engineFailed` when it could not be started.
    func call(
        _ arguments: [String], input: [UInt8] = [], limit: Int = 1 << 24, timeout: Duration = .seconds(120)
    ) async throws -> ProcessResult {
        let name = "\(dialect.program) \(arguments.first ?? "")"
        return try await TimeLimit.run(timeout, name) { [self] in
            try await collecting(name) { try await client(arguments).result(input: input, limit: limit) }
        }
    }

    /// Runs the program, which must succeed.
    ///
    /// - Throws: `EngineError` with the program's error message.
    @discardableResult
    func must(_ arguments: [String], timeout: Duration = .seconds(120)) async throws -> ProcessResult {
        let result = try await call(arguments, timeout: timeout)
        if let failure = CommandLineFailure(dialect.kind, result) { throw failure.error }
        return result
    }

    /// Runs the program, which must succeed, with the output of `write` as its standard input. When `write` fails, the
    /// program is killed before its input ends: a truncated archive must not look complete.
    ///
    /// - Throws: `EngineError`, and what `write` throws.
    @discardableResult
    func must(
        _ arguments: [String], timeout: Duration = .seconds(3600),
        reading write: @escaping CommandLineEngine.StreamWriter
    ) async throws -> ProcessResult {
        let name = "\(dialect.program) \(arguments.first ?? "")"
        let result = try await TimeLimit.run(timeout, name) { [self] in
            let input = try StreamedInput()
            return try await collecting(name) {
                let process = try PipedProcess(client(arguments), input: .descriptor(input.reader))
                try? input.reader.close()
                async let result = process.result(limit: 1 << 24)
                do { try await input.run(write) } catch {
                    process.child.send(SIGKILL)
                    input.close()
                    throw error
                }
                return try await result
            }
        }
        if let failure = CommandLineFailure(dialect.kind, result) { throw failure.error }
        return result
    }

    /// Runs the program, which must succeed, with `output` as its standard output.
    ///
    /// - Throws: `EngineError`.
    func must(_ arguments: [String], timeout: Duration, writingTo output: FileDescriptor) async throws {
        let name = "\(dialect.program) \(arguments.first ?? "")"
        let result = try await TimeLimit.run(timeout, name) { [self] in
            try await collecting(name) {
                try await PipedProcess(client(arguments), output: .descriptor(output)).result(limit: 1 << 24)
            }
        }
        if let failure = CommandLineFailure(dialect.kind, result) { throw failure.error }
    }

    /// A call of the engine's client.
    func client(_ arguments: [String]) -> ExternalProgram {
        ExternalProgram(program, arguments, environment: environment)
    }

    private func collecting<Result>(_ name: String, _ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch ProgramError.outputTooLarge(_, let limit) {
            throw EngineError.outputTooLarge(process: name, limit: limit)
        } catch is ProgramError {
            throw EngineError.engineFailed(dialect.kind, "it could not be started")
        }
    }
}

/// Runs operations with a timeout.
enum TimeLimit {
    /// Runs `body` and cancels it after the timeout.
    ///
    /// - Throws: `EngineError.timedOut`, and what `body` throws.
    static func run<Value: Sendable>(
        _ limit: Duration, _ process: String, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask(operation: body)
            group.addTask {
                try await Task.sleep(for: limit)
                throw EngineError.timedOut(process: process, seconds: limit / .seconds(1))
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }
}
