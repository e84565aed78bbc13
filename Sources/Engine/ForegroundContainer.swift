// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A container of `EmbeddedEngine.run`, while the runtime runs it.
package struct ForegroundContainer: Sendable {
    /// The PID of the runtime, which forwards signals to the container.
    package let process: Int32
    let engine: EmbeddedEngine
    let scratch: ContainerScratch

    /// Sends SIGKILL to the container's processes. Does nothing before the start and after the end.
    package func kill() { engine.send(SIGKILL, to: scratch) }
}

extension EmbeddedEngine {
    /// Sends `signal` to the first process of a container; does nothing when it has ended.
    func send(_ signal: Int32, to scratch: ContainerScratch) {
        let log = scratch.directory.appending("kill.log")
        _ = try? runtimeCall(command(["kill", scratch.identifier, "\(signal)"], log: log)).run()
    }
}
