// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An address of IPv4 or IPv6.
package struct IPAddress: Hashable, Sendable {
    /// The bytes in network order, 4 or 16.
    package let bytes: [UInt8]

    /// The address with these bytes; `nil` unless they are 4 or 16.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// The address in its standard notation (inet_pton(3)), without a zone; `nil` for any other text.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        let family = text.utf8.contains(UInt8(ascii: ":")) ? AF_INET6 : AF_INET
        var bytes = [UInt8](repeating: 0, count: family == AF_INET ? 4 : 16)
        guard !text.utf8.contains(0), inet_pton(family, text, &bytes) == 1 else { return nil }
        self.bytes = bytes
    }

    /// Whether it is an address of IPv4.
    package var isVersion4: Bool { bytes.count == 4 }

    /// The standard notation (inet_ntop(3)).
    package var text: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(isVersion4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The first bits as a number.
    func prefix(_ bits: Int) -> UInt64 {
        let whole = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return whole >> UInt64(min(8, bytes.count) * 8 - bits)
    }
}
