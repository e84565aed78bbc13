// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A container that was started by `EmbeddedEngine.withContainer` and is removed by it.
package struct RunningContainer: Sendable {
    let engine: EmbeddedEngine
    let plan: ContainerPlan
    let scratch: ContainerScratch
    let ending: Ending

    /// The PID of the first process on the host.
    package let pid: Int32

    /// The runtime's name of the container.
    package var id: String { scratch.identifier }
    /// The directory with the container's changes so far.
    package var upper: FilePath { scratch.upper }
    /// The root file system as this process sees it: without the container's own mounts.
    package var rootfs: FilePath { scratch.rootPath }

    /// The output of the first process so far, at most `limit` bytes.
    ///
    /// - Throws: `FileError`.
    package func output(limit: Int = 1 << 24) throws -> [UInt8] {
        Files.exists(scratch.output) ? try Files.read(scratch.output, limit: limit) : []
    }

    /// Waits for the container's end and returns its exit status.
    ///
    /// - Throws: `EngineError.runtimeFailed`; `CancellationError`.
    package func wait() async throws -> Int32 {
        while true { if let status = try await ending.wait() { return status } }
    }

    /// Sends `signal` to the first process, SIGKILL after `grace`, and returns the exit status.
    ///
    /// - Throws: `EngineError.runtimeFailed`; `CancellationError`.
    package func stop(signal: Int32 = SIGTERM, grace: Duration = .seconds(10)) async throws -> Int32 {
        if let status = try ending.now?.get() { return status }
        send(signal)
        if let status = try await ending.wait(atMost: grace) { return status }
        send(SIGKILL)
        return try await wait()
    }

    /// Sends `signal` to the first process; does nothing when it has ended.
    package func send(_ signal: Int32) { engine.send(signal, to: scratch) }
}
