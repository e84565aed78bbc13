// SPDX-License-Identifier: Apache-2.0

import Glibc

extension IPAddress {
    /// The addresses of this machine's network interfaces (getifaddrs(3)), public ones too.
    static var ofMachine: Set<IPAddress> {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var addresses: Set<IPAddress> = []
        var next = first
        while let entry = next?.pointee {
            if let pointer = entry.ifa_addr, let address = IPAddress(pointer) { addresses.insert(address) }
            next = entry.ifa_next
        }
        return addresses
    }

    /// The address in a socket's address of IPv4 or IPv6 (ip(7), ipv6(7)); `nil` for another family.
    init?(_ pointer: UnsafePointer<sockaddr>) {
        let (offset, count): (Int, Int)
        switch Int32(pointer.pointee.sa_family) {
        case AF_INET: (offset, count) = (4, 4)
        case AF_INET6: (offset, count) = (8, 16)
        default: return nil
        }
        self.init(
            bytes: Array(UnsafeRawBufferPointer(start: UnsafeRawPointer(pointer) + offset, count: count)))
    }
}
