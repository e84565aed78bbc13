// SPDX-License-Identifier: Apache-2.0

import Core
import Synchronization
import SystemPackage

extension EmbeddedEngine {
    /// The environment of the runtime and the network helper.
    static let toolEnvironment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]

    /// Runs the runtime in the foreground and returns its exit status, which is the container's.
    func execute(
        _ arguments: [String], output: OutputMode, started: @Sendable (Int32) -> Void = { _ in }
    ) async throws -> Int32 {
        let program = runtimeCall(arguments)
        switch output {
        case .inherit(let other):
            let child = try program.start(
                input: .own, output: other.map { .descriptor($0) } ?? .own, error: .own)
            started(child.pid)
            return await child.ended()
        case .lines(let receive):
            let lines = Mutex(LineSplitter(limit: 1 << 16))
            let status = try await PipedProcess(program, error: .output).passing { bytes in
                receive(lines.withLock { $0.add(bytes) })
            }
            lines.withLock { $0.end() }.map { receive([$0]) }
            return status
        case .capture(let receive):
            let collected = Mutex<[UInt8]>([])
            let status = try await PipedProcess(program, error: .output).passing { bytes in
                collected.withLock { $0 += bytes.prefix((1 << 24) - $0.count) }
            }
            receive(collected.withLock { $0 })
            return status
        }
    }

    /// A call of the runtime.
    func runtimeCall(_ arguments: [String]) -> ExternalProgram {
        ExternalProgram(runtime.path, arguments, environment: Self.toolEnvironment)
    }
}
