// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension EmbeddedEngine {
    /// Starts `plan` in the background for the duration of `body`; the container is then ended and removed, also after
    /// an error.
    ///
    /// - Throws: `EngineError`, `FileError`, and what `body` throws.
    package func withContainer<Result>(
        _ plan: ContainerPlan, _ body: (RunningContainer) async throws -> Result
    ) async throws -> Result {
        guard !plan.terminal else { throw EngineError.terminalNotInherited }
        return try await withScratch(plan) { scratch in
            let ending = Ending()
            async let kept: Void = keep(scratch, ending)
            let container = RunningContainer(
                engine: self, plan: plan, scratch: scratch, ending: ending,
                pid: try await firstProcess(plan, scratch, ending))
            let result = try await body(container)
            _ = try? await container.stop(signal: SIGKILL, grace: .zero)
            await kept
            return result
        }
    }

    /// Runs the container in the foreground of this task; `ending` publishes how it ended.
    private func keep(_ scratch: ContainerScratch, _ ending: Ending) async {
        do {
            let arguments = ["run", "--bundle", scratch.bundle.string, "--pid-file", scratch.processFile.string]
            let log = try FileDescriptor.open(
                scratch.output, .writeOnly, options: [.create, .append, .closeOnExec], permissions: [.ownerReadWrite])
            defer { try? log.close() }
            let status = try await runtimeCall(command(arguments + [scratch.identifier], log: scratch.runtimeLog))
                .start(output: .descriptor(log)).ended()
            try checkLog(scratch.runtimeLog, status)
            ending.set(.success(status))
        } catch {
            ending.set(.failure(error))
        }
    }

    /// Waits until the runtime writes the PID of the container's first process.
    private func firstProcess(
        _ plan: ContainerPlan, _ scratch: ContainerScratch, _ ending: Ending
    ) async throws -> Int32 {
        while true {
            let end = try ending.now?.get()
            if Files.exists(scratch.processFile) {
                let text = String(decoding: try Files.read(scratch.processFile, limit: 64), as: UTF8.self)
                if let number = Int32(text) { return number }
            }
            if let end { throw EngineError.endedEarly(name: plan.name, status: end) }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
