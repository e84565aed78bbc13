// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import SystemPackage

/// A server on a socket with a name in the file system (unix(7)). Each connection is served by a thread that may block;
/// their number is bounded.
package final class UnixSocketServer: Sendable {
    /// The path of the socket.
    package let path: FilePath
    private let listener: Int32
    private let limit: Int
    private let open = Atomic(0)

    /// Listens on `path`, whose directory must exist.
    ///
    /// - Parameters:
    ///   - limit: The maximum number of open connections.
    ///   - waiting: The number of connections that wait to be accepted (listen(2)).
    /// - Throws: `FileError`.
    package init(_ path: FilePath, limit: Int, waiting: Int32 = 16) throws {
        (self.path, self.limit) = (path, limit)
        listener = try UnixSocket.listen(path, waiting: waiting)
    }

    /// Starts to accept connections.
    ///
    /// - Parameters:
    ///   - reject: Called with a connection beyond the limit, or for which the system has no thread. Must not block.
    ///   - serve: Called with each other connection, which is closed when it returns.
    /// - Throws: `FileError` when the system has no thread; the socket is removed then.
    package func start(
        rejecting reject: @escaping @Sendable (Int32) -> Void = { _ in }, _ serve: @escaping @Sendable (Int32) -> Void
    ) throws {
        let failure = BackgroundThread.failure { [self] in accept(serve, reject) }
        guard let failure else { return }
        close(listener)
        unlink(path.string)
        throw FileError("serve", path, failure)
    }

    /// Removes the socket, and accepts no more connections. Open ones go on.
    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(path.string)
    }

    private func accept(_ serve: @escaping @Sendable (Int32) -> Void, _ reject: (Int32) -> Void) {
        while true {
            let socket = Glibc.accept(listener, nil, nil)
            guard socket >= 0 else {
                // Without a free descriptor, later ones are accepted when connections have ended.
                if errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS { usleep(50_000) }
                if errno == EINVAL || errno == EBADF { break }
                continue
            }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            let isWithin = open.add(1, ordering: .relaxed).newValue <= limit
            if isWithin, BackgroundThread.failure(of: { [self] in end(socket, after: serve) }) == nil { continue }
            end(socket, after: reject)
        }
        close(listener)
    }

    private func end(_ socket: Int32, after body: (Int32) -> Void) {
        body(socket)
        close(socket)
        open.subtract(1, ordering: .relaxed)
    }
}
