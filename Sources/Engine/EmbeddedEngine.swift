// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Runs containers with an OCI runtime and an overlay file system, without a daemon.
///
/// Everything it mounts is mounted in the private namespace of this process (`PrivateNamespace`), so nothing of it is
/// left on the machine, however the process ends.
package struct EmbeddedEngine: Sendable {
    /// The program that runs the containers.
    package let runtime: OCIRuntime
    /// The directory for what containers need while they run.
    package let scratch: FilePath
    /// What the machine allows.
    package let host: HostFacts

    /// How programs of another processor run in its containers, where that is needed.
    package var emulation: Emulation?

    /// An engine that keeps its files below `scratch`, made when it is not there.
    ///
    /// - Throws: `EngineError.notPrivate` outside a private mount namespace; `FileError`.
    package init(runtime: OCIRuntime, scratch: FilePath, host: HostFacts) throws {
        guard PrivateNamespace.mountsArePrivate else { throw EngineError.notPrivate }
        self.runtime = runtime
        self.scratch = scratch
        self.host = host
        try Files.makeDirectories(scratch.appending("state"))
    }

    /// An engine that mounts nothing, and only clears up.
    private init(clearing scratch: FilePath, runtime: OCIRuntime, host: HostFacts) {
        (self.runtime, self.scratch, self.host) = (runtime, scratch, host)
    }

    /// Ends the containers of engines that were killed, and removes what they left in `scratch`, from any mount
    /// namespace.
    ///
    /// - Returns: Their names.
    /// - Throws: `EngineError`, `FileError`.
    @discardableResult
    package static func reap(_ scratch: FilePath) async throws -> [String] {
        guard Files.exists(scratch) else { return [] }
        let host = try HostFacts.current()
        return try EmbeddedEngine(
            clearing: scratch, runtime: try await OCIRuntime.find(cgroups: host.cgroups), host: host
        ).reap()
    }

    /// An engine with the best runtime of this machine. What killed engines left in `scratch` is removed first.
    ///
    /// - Throws: `EngineError`, `FileError`.
    package static func find(scratch: FilePath) async throws -> EmbeddedEngine {
        let host = try HostFacts.current()
        let engine = try EmbeddedEngine(
            runtime: try await OCIRuntime.find(cgroups: host.cgroups), scratch: scratch, host: host)
        try engine.reap()
        return engine
    }

    /// Where the runtime remembers its containers; on disk, so that what a killed process left can be found.
    var state: FilePath { scratch.appending("state") }
}

/// Where the output of a container goes.
package enum OutputMode: Sendable {
    /// To the caller's own standard output and error; the standard input is the caller's too.
    case inherit
    /// Line by line, standard output and error together: runc copies the two separately, so a line of the one may
    /// overtake a line of the other. A line of more than 64 KiB is cut.
    case lines(@Sendable (String) -> Void)
    /// All of it at the end, at most 16 MiB; what is beyond is dropped.
    case capture(@Sendable ([UInt8]) -> Void)
}
