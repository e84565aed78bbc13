// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Runs containers with an OCI runtime and an overlay file system, without a daemon.
///
/// All mounts are made in the private mount namespace of this process (`PrivateNamespace`), so none remains on the
/// machine, however the process ends.
package struct EmbeddedEngine: Sendable {
    /// The OCI runtime.
    package let runtime: OCIRuntime
    /// The directory for the containers' temporary files.
    package let scratch: FilePath
    /// The limits of the machine.
    package let host: HostFacts

    /// The emulator for programs of another architecture, if needed.
    package var emulation: Emulation?

    /// An engine that keeps its files below `scratch`, which is created when missing.
    ///
    /// - Throws: `EngineError.notPrivate` outside a private mount namespace; `FileError`.
    package init(runtime: OCIRuntime, scratch: FilePath, host: HostFacts) throws {
        guard PrivateNamespace.mountsArePrivate else { throw EngineError.notPrivate }
        self.runtime = runtime
        self.scratch = scratch
        self.host = host
        try Files.makeDirectories(scratch.appending("state"))
    }

    /// An engine for cleanup only, which mounts nothing.
    private init(clearing scratch: FilePath, runtime: OCIRuntime, host: HostFacts) {
        (self.runtime, self.scratch, self.host) = (runtime, scratch, host)
    }

    /// Ends the containers of killed engines and removes their directories from `scratch`, from any mount namespace.
    ///
    /// - Returns: The names of these containers.
    /// - Throws: `EngineError`, `FileError`.
    @discardableResult
    package static func reap(_ scratch: FilePath) async throws -> [String] {
        guard Files.exists(scratch) else { return [] }
        let host = try HostFacts.current()
        return try EmbeddedEngine(
            clearing: scratch, runtime: try await OCIRuntime.find(cgroups: host.cgroups), host: host
        ).reap()
    }

    /// An engine with the best runtime of this machine. The remains of killed engines in `scratch` are removed first.
    ///
    /// - Throws: `EngineError`, `FileError`.
    package static func find(scratch: FilePath) async throws -> EmbeddedEngine {
        let host = try HostFacts.current()
        let engine = try EmbeddedEngine(
            runtime: try await OCIRuntime.find(cgroups: host.cgroups), scratch: scratch, host: host)
        try engine.reap()
        return engine
    }

    /// The runtime's state directory; on disk, so that the containers of a killed process can be found.
    var state: FilePath { scratch.appending("state") }
}

/// The destination of a container's output.
package enum OutputMode: Sendable {
    /// The caller's standard input, output and error, with another descriptor for the output if one is given.
    case inherit(output: FileDescriptor? = nil)
    /// Line by line, standard output and error together: runc copies the two streams separately, so their lines
    /// may be reordered. Lines that arrive together are passed together. A line of more than 64 KiB is cut.
    case lines(@Sendable ([String]) -> Void)
    /// The complete output at the end, at most 16 MiB; the rest is dropped.
    case capture(@Sendable ([UInt8]) -> Void)
}
