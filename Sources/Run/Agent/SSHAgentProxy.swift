// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Synchronization
import SystemPackage

/// A socket for a container that forwards to an ssh-agent through a filter.
///
/// The launcher connects to the agent as the caller, so the agent's check of its peer (getsockopt(2), `SO_PEERCRED`)
/// sees the caller, whatever user the container runs as, and the agent's socket is not changed. Connections are served
/// by blocking threads: there are few, and an agent may ask its user for confirmation.
package final class SSHAgentProxy: Sendable {
    private let agent: FilePath
    private let filter: AgentFilter
    private let server: UnixSocketServer
    private let log: @Sendable (String) -> Void
    private let state = Mutex(State())

    private struct State {
        var signatures = 0
        var refusals = 0
    }

    private static let maximumConnections = 32

    /// Starts to serve `path`, whose directory must exist.
    ///
    /// - Parameters:
    ///   - agent: The socket of the agent.
    ///   - log: Called with a line for each signature and refusal, on any thread.
    /// - Throws: `FileError`.
    package init(
        path: FilePath, agent: FilePath, filter: AgentFilter, log: @escaping @Sendable (String) -> Void
    ) throws {
        self.agent = agent
        self.filter = filter
        self.log = log
        server = try UnixSocketServer(path, limit: Self.maximumConnections)
        try server.start { [self] in serve(AgentConnection(socket: $0)) }
    }

    /// The number of signatures and of refused requests.
    package var counts: (signatures: Int, refusals: Int) { state.withLock { ($0.signatures, $0.refusals) } }

    /// Removes the socket. Open connections end with the container.
    package func stop() { server.stop() }

    /// The path of the socket.
    package var path: FilePath { server.path }

    /// Serves one connection of the container with its own connection to the agent, because a bound session belongs to
    /// the connection.
    private func serve(_ container: AgentConnection) {
        guard let socket = try? UnixSocket.connect(agent) else { return }
        defer { close(socket) }
        let upstream = AgentConnection(socket: socket)
        while let request = container.receive() {
            guard let answer = answer(request, upstream), container.send(answer) else { return }
        }
    }

    private func answer(_ request: [UInt8], _ upstream: AgentConnection) -> [UInt8]? {
        switch filter.judge(request) {
        case .refuse(let answer, let why):
            state.withLock { $0.refusals += 1 }
            log("refused: \(why)")
            return answer
        case .pass(let question):
            guard upstream.send(request), let raw = upstream.receive() else { return nil }
            let answer = filter.answer(raw, to: question)
            if case .signature(let purpose) = question {
                let isDone = answer.first == AgentFilter.signResponse
                if isDone { state.withLock { $0.signatures += 1 } }
                log("\(isDone ? "signed" : "not signed by the agent"): \(purpose)")
            }
            return answer
        }
    }
}
