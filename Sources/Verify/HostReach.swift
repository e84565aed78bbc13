// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc

/// The network access of the host, as a control for that of the container.
enum HostReach {
    /// Returns whether one of the host's name servers answers a query for `host` within a second (RFC 1035 section
    /// 4.1). The query uses the network, as a container's does; the host's own files are ignored.
    static func resolves(_ host: String) -> Bool {
        let text = String(decoding: (try? Files.read("/etc/resolv.conf", limit: 1 << 16)) ?? [], as: UTF8.self)
        let servers = text.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(whereSeparator: \.isWhitespace)
            return words.count > 1 && words[0] == "nameserver" ? String(words[1]) : nil
        }
        return servers.contains { answers($0, question(host)) }
    }

    /// A query for an A record, recursion desired.
    private static func question(_ host: String) -> [UInt8] {
        let labels = host.utf8.split(separator: UInt8(ascii: ".")).flatMap {
            [UInt8(truncatingIfNeeded: $0.count)] + $0
        }
        return [0x6f, 0x63, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + labels + [0, 0, 1, 0, 1]
    }

    private static func answers(_ server: String, _ question: [UInt8]) -> Bool {
        withAddresses(server, port: 53) { address in
            guard let address = address?.pointee else { return false }
            let handle = socket(address.ai_family, Int32(SOCK_DGRAM.rawValue), 0)
            guard handle >= 0 else { return false }
            defer { close(handle) }
            guard connect(handle, address.ai_addr, address.ai_addrlen) == 0,
                send(handle, question, question.count, 0) == question.count
            else { return false }
            var wait = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            var reply = [UInt8](repeating: 0, count: 512)
            guard poll(&wait, 1, 1000) == 1 else { return false }
            // The reply has the same ID and no error.
            let count = recv(handle, &reply, reply.count, 0)
            return count > 12 && reply.prefix(2) == question.prefix(2) && reply[3] & 0xf == 0
        }
    }

    /// Returns whether a TCP connection to the first address succeeds within two seconds.
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
