// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Connects to allowed destinations: a name is resolved once, and what was checked is connected.
package struct Connector: Sendable {
    /// The result of an attempt.
    package enum Outcome: Hashable, Sendable {
        /// A connected socket, which the caller closes.
        case connected(Int32)
        /// Every address of the name is reserved, or one of this machine; the first one.
        case reserved(IPAddress)
        /// The name has no address.
        case unresolved
        /// No address answers in time.
        case timedOut
        /// No address accepts the connection.
        case unreachable
    }

    private static let mostAddresses = 8

    private let resolver: any HostResolver
    private let milliseconds: Int32

    /// A connector.
    ///
    /// - Parameter milliseconds: The time for one address.
    package init(resolver: any HostResolver = SystemResolver(), milliseconds: Int32 = 15_000) {
        (self.resolver, self.milliseconds) = (resolver, milliseconds)
    }

    /// Connects to `destination`.
    ///
    /// - Parameter permitsReserved: Whether a rule names the host, which may then be one of this machine or its network.
    package func connect(to destination: Destination, permitsReserved: Bool) -> Outcome {
        let all = addresses(of: destination.host)
        let own = permitsReserved ? [] : IPAddress.ofMachine
        let permitted = permitsReserved ? all : all.filter { $0.reservation == nil && !own.contains($0) }
        guard !permitted.isEmpty else { return all.first.map { .reserved($0) } ?? .unresolved }
        var isLate = false
        for address in permitted.prefix(Self.mostAddresses) {
            switch connect(to: address, destination.port) {
            case .connected(let socket): return .connected(socket)
            case .timedOut: isLate = true
            default: break
            }
        }
        return isLate ? .timedOut : .unreachable
    }

    private func addresses(of host: Destination.Host) -> [IPAddress] {
        switch host {
        case .address(let address): [address]
        case .name(let name) where name.text == NetworkRule.machineName:
            ["127.0.0.1", "::1"].compactMap { IPAddress($0) }
        case .name(let name): resolver.addresses(of: name)
        }
    }

    private func connect(to address: IPAddress, _ port: UInt16) -> Outcome {
        let options = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let socket = socket(address.isVersion4 ? AF_INET : AF_INET6, options, 0)
        guard socket >= 0 else { return .unreachable }
        let isStarted = Self.withSocketAddress(address, port) { Glibc.connect(socket, $0, $1) } == 0
        guard isStarted || errno == EINPROGRESS else { return Self.close(socket, .unreachable) }
        guard SocketWait.isReady(socket, POLLOUT, milliseconds: milliseconds) else {
            return Self.close(socket, .timedOut)
        }
        var (failure, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &failure, &length)
        // A port of this machine that nobody serves can be the one that the kernel chose for the connection.
        guard failure == 0, !Self.isOwnPeer(socket) else { return Self.close(socket, .unreachable) }
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, length)
        setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &yes, length)
        return .connected(socket)
    }

    /// Whether a socket is connected with itself (RFC 9293, section 3.5, simultaneous open).
    private static func isOwnPeer(_ socket: Int32) -> Bool {
        let ends = [getsockname, getpeername].map { name in
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let isKnown = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(socket, $0, &length) == 0 }
            }
            return isKnown ? withUnsafeBytes(of: storage) { [UInt8]($0.prefix(28)) } : []
        }
        return ends[0] == ends[1]
    }

    private static func close(_ socket: Int32, _ outcome: Outcome) -> Outcome {
        Glibc.close(socket)
        return outcome
    }

    private static func withSocketAddress(
        _ address: IPAddress, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(address.isVersion4 ? AF_INET : AF_INET6)
        withUnsafeMutableBytes(of: &storage) { room in
            room[2] = UInt8(port >> 8)
            room[3] = UInt8(port & 0xff)
            for (index, byte) in address.bytes.enumerated() { room[(address.isVersion4 ? 4 : 8) + index] = byte }
        }
        let size = address.isVersion4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        return withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
        }
    }
}
