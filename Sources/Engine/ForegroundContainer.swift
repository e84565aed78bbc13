// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A container of `EmbeddedEngine.run`, as long as the runtime runs it.
package struct ForegroundContainer: Sendable {
    /// The PID of the runtime, which passes signals on to the container.
    package let process: Int32
    let engine: EmbeddedEngine
    let scratch: ContainerScratch

    /// Ends its processes by the signal that cannot be ignored. Nothing happens before it was started and after its
    /// end.
    package func kill() { engine.send(SIGKILL, to: scratch) }
}

extension EmbeddedEngine {
    /// Sends `signal` to the first process of a container; nothing happens when it has ended.
    func send(_ signal: Int32, to scratch: ContainerScratch) {
        let log = scratch.directory.appending("kill.log")
        _ = try? BlockingProcess.run(runtime.path, command(["kill", scratch.identifier, "\(signal)"], log: log))
    }
}
