// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the machine itself reaches of the network: a container cannot be expected to do better.
enum HostReach {
    /// Whether the name has an address (getaddrinfo(3)).
    static func resolves(_ host: String) -> Bool { withAddresses(host, port: 0) { $0 != nil } }

    /// Whether a TCP connection to the first address is answered within two seconds.
    static func connects(_ host: String, port: UInt16) -> Bool {
        withAddresses(host, port: port) { address in
            guard let address = address?.pointee else { return false }
            let handle = socket(address.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            guard handle >= 0 else { return false }
            defer { close(handle) }
            if connect(handle, address.ai_addr, address.ai_addrlen) == 0 { return true }
            var wait = pollfd(fd: handle, events: Int16(POLLOUT), revents: 0)
            guard errno == EINPROGRESS, poll(&wait, 1, 2000) == 1 else { return false }
            var (fault, size): (Int32, socklen_t) = (0, socklen_t(MemoryLayout<Int32>.size))
            return getsockopt(handle, SOL_SOCKET, SO_ERROR, &fault, &size) == 0 && fault == 0
        }
    }

    private static func withAddresses<Result>(
        _ host: String, port: UInt16, _ body: (UnsafeMutablePointer<addrinfo>?) -> Result
    ) -> Result {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return body(nil) }
        defer { freeaddrinfo(list) }
        return body(list)
    }
}
