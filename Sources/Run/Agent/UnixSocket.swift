// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// Stream sockets with a name in the file system (unix(7)).
package enum UnixSocket {
    /// The maximum length of a name.
    static let maximumLength = 107

    /// Creates a listening socket at `path`, with permissions for everyone who can reach it.
    static func listen(_ path: FilePath) throws -> Int32 {
        let socket = try make()
        do {
            try mapErrno("listen on", path) {
                guard try withAddress(path, { bind(socket, $0, $1) }) == 0 else { throw Errno(rawValue: errno) }
                guard chmod(path.string, 0o666) == 0, Glibc.listen(socket, 16) == 0 else {
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
    static func connect(_ path: FilePath) throws -> Int32 {
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

/// Length-prefixed messages over a connected socket.
struct AgentConnection {
    let socket: Int32

    /// The next message; `nil` at the end, or when it exceeds the maximum length.
    func receive() -> [UInt8]? {
        guard let head = read(4) else { return nil }
        let length = head.reduce(0) { $0 << 8 | Int($1) }
        guard length > 0, length <= AgentFilter.maximumLength else { return nil }
        return read(length)
    }

    /// Sends a message; returns whether it succeeded.
    func send(_ message: [UInt8]) -> Bool {
        var rest = SSHWriter.string(message)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func read(_ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(count, 1 << 14))
        while bytes.count < count {
            let wanted = min(buffer.count, count - bytes.count)
            let got = buffer.withUnsafeMutableBytes { recv(socket, $0.baseAddress, wanted, 0) }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return nil }
            bytes += buffer[..<got]
        }
        return bytes
    }
}
