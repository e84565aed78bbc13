// SPDX-License-Identifier: Apache-2.0

extension IPAddress {
    /// Why a name of the public DNS must not lead here: a range that reaches this machine, its network or its cloud's
    /// services (IANA special-purpose address registries, RFC 6890); `nil` for a public address.
    package var reservation: String? { isVersion4 ? reservation4 : reservation6 }

    private var reservation4: String? {
        switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
        case (0, _, _, _): "an address of this network"
        case (127, _, _, _): "a loopback address"
        case (10, _, _, _), (172, 16...31, _, _), (192, 168, _, _): "a private address"
        case (100, 64...127, _, _): "a shared address (RFC 6598)"
        case (169, 254, _, _): "a link-local address"
        case (168, 63, 129, 16): "the address of a cloud's own service"
        case (192, 0, 0, _), (198, 18...19, _, _): "a reserved address"
        case (224...239, _, _, _): "a multicast address"
        case (240..., _, _, _): "a reserved address"
        default: nil
        }
    }

    /// Of IPv6 only global unicast addresses are public, 2000::/3, and of those not the ones that contain another address.
    private var reservation6: String? {
        if let embedded { return embedded.reservation }
        if prefix(3) == 1 { return prefix(23) == 0x2001_0000 >> 9 ? "a reserved address" : nil }
        if bytes.allSatisfy({ $0 == 0 }) { return "an address of this network" }
        if bytes.dropLast().allSatisfy({ $0 == 0 }) && bytes[15] == 1 { return "a loopback address" }
        if prefix(7) == 0xfc >> 1 { return "a private address" }
        if prefix(10) == 0xfe80 >> 6 { return "a link-local address" }
        return prefix(8) == 0xff ? "a multicast address" : "a reserved address"
    }

    /// The address of IPv4 in one of IPv6: mapped and compatible (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056).
    private var embedded: IPAddress? {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        let translated: [UInt8] = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
        if bytes.starts(with: mapped) || bytes.starts(with: translated) { return IPAddress(bytes: Array(bytes[12...])) }
        return prefix(16) == 0x2002 ? IPAddress(bytes: Array(bytes[2..<6])) : nil
    }
}
