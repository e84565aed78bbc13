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

    private let policy: NetworkPolicy
    private let connector: Connector
    private let server: UnixSocketServer
    private let refusals = Mutex(RefusedDestinations())

    /// Starts to serve `path`, whose directory must exist.
    ///
    /// - Throws: `FileError`.
    package init(path: FilePath, policy: NetworkPolicy, connector: Connector = Connector()) throws {
        (self.policy, self.connector) = (policy, connector)
        server = try UnixSocketServer(path, limit: Self.maximumConnections, waiting: Self.waitingConnections)
        try server.start(rejecting: Self.reject) { [self] in serve($0) }
    }

    /// What was refused until now.
    package var refused: RefusedDestinations { refusals.withLock(\.self) }

    /// Removes the socket. Open connections end with the container.
    package func stop() { server.stop() }

    /// The path of the socket.
    package var path: FilePath { server.path }

    private func serve(_ socket: Int32) {
        ProxyConnection(socket: socket, policy: policy, connector: connector) { [self] destination, refusal in
            refusals.withLock { refusals in
                if let destination, let refusal { refusals.add(destination, refusal) } else { refusals.addFault() }
            }
        }.serve()
    }

    @Sendable private static func reject(_ socket: Int32) {
        let answer = HTTPAnswer.busy.bytes
        _ = answer.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
    }
}
