// SPDX-License-Identifier: Apache-2.0

import Subprocess
import SystemPackage

extension EmbeddedEngine {
    /// The environment of the runtime and the network helper.
    static let toolEnvironment = Environment.custom(["PATH": BlockingProcess.path])

    /// Runs the runtime in the foreground and returns its exit status, which is the container's.
    func execute(
        _ arguments: [String], output: OutputMode, started: @Sendable (Int32) -> Void = { _ in }
    ) async throws -> Int32 {
        let configuration = Configuration(
            executable: .path(runtime.path), arguments: Arguments(arguments), environment: Self.toolEnvironment)
        switch output {
        case .inherit:
            return try await Subprocess.run(
                configuration, input: .currentStandardInput, output: .currentStandardOutput,
                error: .currentStandardError
            ) { execution in started(Int32(execution.processIdentifier.value)) }.terminationStatus.number
        case .lines(let receive):
            var lines = LineSplitter(limit: 1 << 16)
            let status = try await stream(configuration) { receive(lines.add($0)) }
            lines.end().map { receive([$0]) }
            return status
        case .capture(let receive):
            var bytes: [UInt8] = []
            let status = try await stream(configuration) { bytes += $0.prefix((1 << 24) - bytes.count) }
            receive(bytes)
            return status
        }
    }

    private func stream(
        _ configuration: Configuration, _ receive: (UnsafeRawBufferPointer) -> Void
    ) async throws -> Int32 {
        try await Subprocess.run(
            configuration, input: .none, output: .sequence, error: .combinedWithOutput
        ) { execution in
            for try await buffer in execution.standardOutput { buffer.withUnsafeBytes(receive) }
        }.terminationStatus.number
    }
}

extension TerminationStatus {
    /// The exit status in shell notation: 128 plus the signal number when a signal ended the process.
    var number: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
