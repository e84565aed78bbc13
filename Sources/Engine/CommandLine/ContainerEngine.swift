// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Starts containers on this machine: the embedded engine, or Docker or Podman through its command line.
package protocol ContainerEngine: Sendable {
    /// The kind of engine.
    var kind: EngineKind { get }
    /// The limits of the machine.
    var host: HostFacts { get }
    /// The directory for files that are mounted into containers temporarily.
    var scratch: FilePath { get }
    /// Facts about the engine for reports; informational only.
    var facts: [String: String] { get }

    /// Starts `plan` in the background for the duration of `body`; the container is then ended and removed, also after
    /// an error.
    ///
    /// - Throws: `EngineError`, `FileError`, and what `body` throws.
    func launch<Result>(
        _ plan: ContainerPlan, _ body: (any StartedContainer) async throws -> Result
    ) async throws -> Result

    /// The mounts that this engine adds to those of `plan`: `target:ro` or `target:rw`.
    func ownMounts(_ plan: ContainerPlan) -> [String]

    /// What remains of a container after its removal.
    func remains(of trace: ContainerTrace) async -> ContainerRemains
}

/// A container that runs on this machine until its scope ends.
package protocol StartedContainer: Sendable {
    /// The engine's name of the container.
    var id: String { get }
    /// The PID of the first process on this machine.
    var pid: Int32 { get }
    /// The root file system as this process sees it.
    var rootfs: FilePath { get }

    /// The directory with everything that the container wrote to its root file system; `nil` when the engine has none.
    func written() async -> FilePath?

    /// The engine's public record of the container; empty when the engine keeps only files.
    ///
    /// - Throws: `EngineError`.
    func record() async throws -> [UInt8]

    /// Runs one more process in the container.
    ///
    /// - Throws: `EngineError`.
    func exec(_ process: ProcessPlan, input: [UInt8], limit: Int, timeout: Duration) async throws -> ProcessResult

    /// The output of the first process so far, at most `limit` bytes.
    ///
    /// - Throws: `EngineError`, `FileError`.
    func output(limit: Int) async throws -> [UInt8]

    /// Waits for the container's end and returns its exit status.
    ///
    /// - Throws: `EngineError`; `CancellationError`.
    func wait() async throws -> Int32

    /// Sends `signal` to the first process, SIGKILL after `grace`, and returns the exit status.
    ///
    /// - Throws: `EngineError`; `CancellationError`.
    func stop(signal: Int32, grace: Duration) async throws -> Int32
}

extension StartedContainer {
    /// Runs one more process in the container, without input and with at most 16 MiB of output.
    ///
    /// - Throws: `EngineError`.
    package func exec(_ process: ProcessPlan, timeout: Duration = .seconds(60)) async throws -> ProcessResult {
        try await exec(process, input: [], limit: 1 << 24, timeout: timeout)
    }

    /// Identifies the container after its removal.
    package var trace: ContainerTrace { ContainerTrace(identifier: id, pid: pid) }
}

/// Identifies a container that no longer exists.
package struct ContainerTrace: Hashable, Sendable {
    /// The engine's name of the container.
    package var identifier: String
    /// The PID of the first process.
    package var pid: Int32

    /// A trace.
    package init(identifier: String, pid: Int32) {
        self.identifier = identifier
        self.pid = pid
    }
}

/// The remains of a removed container; empty when the removal was complete.
package struct ContainerRemains: Hashable, Sendable {
    /// The container still runs, or the engine still knows it.
    package var container: [String] = []
    /// Control groups.
    package var controlGroups: [String] = []
    /// Mounts in the namespace of this process.
    package var mounts: [String] = []
    /// Files and directories.
    package var files: [String] = []

    /// No remains.
    package init() {}
}
