// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// What starts containers on this machine: the embedded engine, or another one through its command line.
package protocol ContainerEngine: Sendable {
    /// Which one it is.
    var kind: EngineKind { get }
    /// What the machine allows its containers.
    var host: HostFacts { get }
    /// A directory for what is mounted into containers for a while.
    var scratch: FilePath { get }
    /// What is printed about the engine, and never promised.
    var facts: [String: String] { get }

    /// Starts `plan` in the background for the time of `body`; whatever happens, the container is ended and removed
    /// then.
    ///
    /// - Throws: `EngineError`, `FileError`, and what `body` throws.
    func launch<Result>(
        _ plan: ContainerPlan, _ body: (any StartedContainer) async throws -> Result
    ) async throws -> Result

    /// What this engine mounts by itself where `plan` does not say so: `target:ro` or `target:rw`.
    func ownMounts(_ plan: ContainerPlan) -> [String]

    /// What is left of a container that was removed.
    func remains(of trace: ContainerTrace) async -> ContainerRemains
}

/// A container that runs on this machine until its scope ends.
package protocol StartedContainer: Sendable {
    /// Its name for the engine.
    var id: String { get }
    /// Its first process, as this machine numbers it.
    var pid: Int32 { get }
    /// Its root file system as this process sees it.
    var rootfs: FilePath { get }

    /// The directory with everything it wrote to its root file system so far, where the engine has one.
    func written() async -> FilePath?

    /// What the engine tells of it to anybody who may ask; nothing, if it keeps nothing but files.
    ///
    /// - Throws: `EngineError`.
    func record() async throws -> [UInt8]

    /// Runs one more process in it.
    ///
    /// - Throws: `EngineError`.
    func exec(_ process: ProcessPlan, input: [UInt8], limit: Int, timeout: Duration) async throws -> ProcessResult

    /// What its first process wrote so far, at most `limit` bytes.
    ///
    /// - Throws: `EngineError`, `FileError`.
    func output(limit: Int) async throws -> [UInt8]

    /// Waits for its end and gives its exit status.
    ///
    /// - Throws: `EngineError`; `CancellationError`.
    func wait() async throws -> Int32

    /// Sends `signal` to its first process, and after `grace` the one that cannot be ignored; gives its exit status.
    ///
    /// - Throws: `EngineError`; `CancellationError`.
    func stop(signal: Int32, grace: Duration) async throws -> Int32
}

extension StartedContainer {
    /// Runs one more process in it, with nothing to read and at most 16 MiB to write.
    ///
    /// - Throws: `EngineError`.
    package func exec(_ process: ProcessPlan, timeout: Duration = .seconds(60)) async throws -> ProcessResult {
        try await exec(process, input: [], limit: 1 << 24, timeout: timeout)
    }

    /// What tells it from others, later.
    package var trace: ContainerTrace { ContainerTrace(identifier: id, pid: pid) }
}

/// What tells a container from others when it is gone.
package struct ContainerTrace: Hashable, Sendable {
    /// Its name for the engine.
    package var identifier: String
    /// Its first process.
    package var pid: Int32

    /// A trace.
    package init(identifier: String, pid: Int32) {
        self.identifier = identifier
        self.pid = pid
    }
}

/// What a container left; nothing, if all is well.
package struct ContainerRemains: Hashable, Sendable {
    /// That it runs, or that the engine still knows it.
    package var container: [String] = []
    /// Control groups.
    package var controlGroups: [String] = []
    /// Mounts in the namespace of this process.
    package var mounts: [String] = []
    /// Files and directories.
    package var files: [String] = []

    /// Nothing.
    package init() {}
}
