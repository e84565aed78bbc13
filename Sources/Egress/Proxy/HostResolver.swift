// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The addresses of a host.
package protocol HostResolver: Sendable {
    /// The addresses of `name`, the preferred one first; empty when there are none.
    func addresses(of name: HostName) -> [IPAddress]
}

/// The machine's resolver (getaddrinfo(3)) with its files and search list, as for every program. It sorts by RFC 6724.
package struct SystemResolver: HostResolver {
    /// Creates the resolver.
    package init() {}

    /// The addresses of `name` (getaddrinfo(3)).
    package func addresses(of name: HostName) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name.text, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var addresses: [IPAddress] = []
        var next = first
        while let entry = next?.pointee {
            if let address = entry.ai_addr.flatMap({ IPAddress($0) }), !addresses.contains(address) {
                addresses.append(address)
            }
            next = entry.ai_next
        }
        return addresses
    }
}
