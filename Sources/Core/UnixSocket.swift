// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// Stream sockets with a name in the file system (unix(7)).
package enum UnixSocket {
    /// The maximum length of a name.
    package static let maximumLength = 107

    /// Creates a listening socket at `path`, with permissions for everyone who can reach it.
    ///
    /// - Parameter waiting: The number of connections that wait to be accepted (listen(2)).
    /// - Throws: `FileError`.
    package static func listen(_ path: FilePath, waiting: Int32 = 16) throws -> Int32 {
        let socket = try make()
        do {
            try mapErrno("listen on", path) {
                guard try withAddress(path, { bind(socket, $0, $1) }) == 0 else { throw Errno(rawValue: errno) }
                guard chmod(path.string, 0o666) == 0, Glibc.listen(socket, waiting) == 0 else {
                    throw Errno(rawValue: errno)
                }
            }
            return socket
        } catch {
            close(socket)
            throw error
        }
    }

    /// Connects to the socket at `path`.
    ///
    /// - Throws: `FileError`.
    package static func connect(_ path: FilePath) throws -> Int32 {
        let socket = try make()
        do {
            try mapErrno("connect to", path) {
                guard try withAddress(path, { Glibc.connect(socket, $0, $1) }) == 0 else {
                    throw Errno(rawValue: errno)
                }
            }
            return socket
        } catch {
            close(socket)
            throw error
        }
    }

    /// The PID of the process that listens at `path`; `nil` when there is none.
    package static func peer(of path: FilePath) -> Int32? {
        guard let socket = try? connect(path) else { return nil }
        defer { close(socket) }
        let peer = clinux_peer(socket)
        return peer > 0 ? peer : nil
    }

    private static func make() throws -> Int32 {
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw FileError("create", "a socket", Errno(rawValue: errno)) }
        return socket
    }

    private static func withAddress(
        _ path: FilePath, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(Errno) -> Int32 {
        guard path.length <= maximumLength else { throw .fileNameTooLong }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        path.withPlatformString { name in
            withUnsafeMutableBytes(of: &address.sun_path) { room in
                room.copyBytes(from: UnsafeRawBufferPointer(start: name, count: path.length))
            }
        }
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
