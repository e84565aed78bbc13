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
    /// The path of the socket.
    package let path: FilePath
    private let agent: FilePath
    private let filter: AgentFilter
    private let listener: Int32
    private let log: @Sendable (String) -> Void
    private let state = Mutex(State())

    private struct State {
        var open = 0
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
        self.path = path
        self.agent = agent
        self.filter = filter
        self.log = log
        listener = try UnixSocket.listen(path)
        BackgroundThread.start { [self] in accept() }
    }

    /// The number of signatures and of refused requests.
    package var counts: (signatures: Int, refusals: Int) { state.withLock { ($0.signatures, $0.refusals) } }

    /// Removes the socket. Open connections end with the container.
    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(path.string)
    }

    private func accept() {
        while true {
            let socket = Glibc.accept(listener, nil, nil)
            if socket < 0 && (errno == EINTR || errno == ECONNABORTED) { continue }
            guard socket >= 0 else { break }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            let isAccepted = state.withLock { state in
                guard state.open < Self.maximumConnections else { return false }
                state.open += 1
                return true
            }
            guard isAccepted else {
                close(socket)
                continue
            }
            BackgroundThread.start { [self] in
                serve(AgentConnection(socket: socket))
                close(socket)
                state.withLock { $0.open -= 1 }
            }
        }
        close(listener)
    }

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
