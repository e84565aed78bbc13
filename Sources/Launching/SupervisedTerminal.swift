// SPDX-License-Identifier: Apache-2.0

import Engine
import Run
import SystemPackage

/// The terminal of a container whose program can be stopped with the caller's job: a directory in memory with the
/// supervisor's program and the socket that it connects to.
struct SupervisedTerminal: Sendable {
    private let directory: SessionDirectory
    private let suspension: Suspension

    /// Prepares the directory; `nil` without a terminal, a front process or a directory in memory: the program then runs
    /// without a supervisor.
    init?(_ caller: Caller, _ console: LaunchConsole) {
        guard TerminalJob.current != nil, let directory = try? caller.sessionDirectory() else { return nil }
        let socket = directory.inner.appending(Supervisor.socketName)
        guard (try? directory.put(Supervisor.program.utf8, as: Supervisor.programName)) != nil,
            let suspension = try? Suspension(path: socket, warn: console.warn)
        else {
            directory.remove()
            return nil
        }
        (self.directory, self.suspension) = (directory, suspension)
    }

    /// The plan with the supervisor in front of its command.
    func supervising(_ plan: ContainerPlan, entrypoint: [String]) -> ContainerPlan {
        plan.supervised(after: entrypoint.count, directory: directory.inner)
    }

    /// The status of the run, from that of the engine's client.
    func status(of client: Int32) -> Int32 { suspension.endingSignal.map { 128 + $0 } ?? client }

    /// Removes everything.
    func remove() {
        suspension.stop()
        directory.remove()
    }
}
