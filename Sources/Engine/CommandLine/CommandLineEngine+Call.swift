// SPDX-License-Identifier: Apache-2.0

import Core
import Subprocess
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
            try await collecting(name, limit) {
                let result = try await Subprocess.run(
                    configuration(arguments), input: .array(input), output: .bytes(limit: limit),
                    error: .bytes(limit: limit))
                return ProcessResult(
                    status: result.terminationStatus.number, standardOutput: result.standardOutput,
                    standardError: result.standardError)
            }
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
            return try await collecting(name, 1 << 24) {
                let result = try await Subprocess.run(
                    configuration(arguments), input: .fileDescriptor(input.reader, closeAfterSpawningProcess: true),
                    output: .bytes(limit: 1 << 24), error: .bytes(limit: 1 << 24)
                ) { execution in
                    do { try await input.run(write) } catch {
                        try? execution.send(signal: .kill)
                        input.close()
                        throw error
                    }
                }
                return ProcessResult(
                    status: result.terminationStatus.number, standardOutput: result.standardOutput,
                    standardError: result.standardError)
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
            try await collecting(name, 1 << 24) {
                let result = try await Subprocess.run(
                    configuration(arguments), output: .fileDescriptor(output, closeAfterSpawningProcess: false),
                    error: .bytes(limit: 1 << 24))
                return ProcessResult(
                    status: result.terminationStatus.number, standardOutput: [], standardError: result.standardError)
            }
        }
        if let failure = CommandLineFailure(dialect.kind, result) { throw failure.error }
    }

    private func configuration(_ arguments: [String]) -> Configuration {
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        return Configuration(
            executable: .path(program), arguments: Arguments(arguments),
            environment: .custom(Dictionary(uniqueKeysWithValues: variables)))
    }

    private func collecting<Result>(_ name: String, _ limit: Int, _ body: () async throws -> Result) async throws
        -> Result
    {
        do { return try await body() } catch let error as SubprocessError {
            switch error.code {
            case .outputLimitExceeded: throw EngineError.outputTooLarge(process: name, limit: limit)
            default: throw EngineError.engineFailed(dialect.kind, "it could not be started")
            }
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
