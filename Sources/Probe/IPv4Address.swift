// SPDX-License-Identifier: Apache-2.0

import CProbe

/// An IPv4 address.
struct IPv4Address: Hashable, Sendable {
    /// The address in host byte order.
    let number: UInt32

    init(number: UInt32) { self.number = number }

    /// Parses `192.0.2.1`; `nil` for any other form.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard let part else { return nil }
            number = number << 8 | UInt32(part)
        }
        self.number = number
    }

    var text: String { [24, 16, 8, 0].map { String(number >> $0 & 0xff) }.joined(separator: ".") }

    /// The addresses of this network namespace, without loopback.
    static var own: [IPv4Address] {
        var found = [UInt32](repeating: 0, count: 4)
        let count = Int(cprobe_addresses(&found, Int32(found.count)))
        return found.prefix(count).map { IPv4Address(number: $0) }
    }

    /// The gateways of default routes (proc(5), /proc/net/route: hexadecimal, in host byte order).
    static var gateways: [IPv4Address] {
        (lines(of: "/proc/net/route") ?? []).dropFirst().compactMap { line in
            let words = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
            guard words.count > 2, words[1] == "00000000", let raw = UInt32(words[2], radix: 16), raw != 0 else {
                return nil
            }
            return IPv4Address(number: UInt32(bigEndian: raw))
        }
    }
}
