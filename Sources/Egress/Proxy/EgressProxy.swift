// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Synchronization
import SystemPackage

/// The proxy of a container without a route: HTTP and SOCKS 5 on a socket in the file system, to the destinations that a
/// policy allows.
///
/// Every client is treated alike, whatever its UID. A connection is served by a thread that blocks; their number is
/// bounded.
package final class EgressProxy: Sendable {
    /// The maximum number of open connections.
    package static let maximumConnections = 256
    private static let waitingConnections: Int32 = 128

    /// The path of the socket.
    package let path: FilePath
    private let policy: NetworkPolicy
    private let connector: Connector
    private let listener: Int32
    private let state = Mutex(State())

    private struct State {
        var open = 0
        var refused = RefusedDestinations()
    }

    /// Starts to serve `path`, whose directory must exist.
    ///
    /// - Throws: `FileError`.
    package init(path: FilePath, policy: NetworkPolicy, connector: Connector = Connector()) throws {
        (self.path, self.policy, self.connector) = (path, policy, connector)
        listener = try UnixSocket.listen(path, waiting: Self.waitingConnections)
        BackgroundThread.start { [self] in accept() }
    }

    /// What was refused until now.
    package var refused: RefusedDestinations { state.withLock(\.refused) }

    /// Removes the socket. Open connections end with the container.
    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(path.string)
    }

    private func accept() {
        while true {
            let socket = Glibc.accept(listener, nil, nil)
            guard socket >= 0 else {
                // Without a free descriptor, later ones are accepted when connections have ended.
                if errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS { usleep(50_000) }
                if errno == EINVAL || errno == EBADF { break }
                continue
            }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            let isAccepted = state.withLock { state in
                guard state.open < Self.maximumConnections else { return false }
                state.open += 1
                return true
            }
            if !isAccepted || BackgroundThread.failure(of: { [self] in serve(socket) }) != nil {
                reject(socket, isCounted: isAccepted)
            }
        }
        close(listener)
    }

    private func serve(_ socket: Int32) {
        ProxyConnection(socket: socket, policy: policy, connector: connector) { [self] destination, refusal in
            state.withLock { state in
                if let destination, let refusal {
                    state.refused.add(destination, refusal)
                } else {
                    state.refused.addFault()
                }
            }
        }.serve()
        close(socket)
        state.withLock { $0.open -= 1 }
    }

    private func reject(_ socket: Int32, isCounted: Bool) {
        let answer = HTTPAnswer.busy.bytes
        _ = answer.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
        close(socket)
        if isCounted { state.withLock { $0.open -= 1 } }
    }
}
