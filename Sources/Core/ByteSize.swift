// SPDX-License-Identifier: Apache-2.0

/// A number of bytes, as people write and read it.
package struct ByteSize: Hashable, Sendable {
    /// The number of bytes.
    package let bytes: UInt64

    /// Creates a size from a number of bytes.
    package init(_ bytes: UInt64) { self.bytes = bytes }

    /// The units by their names in lower case: decimal prefixes (ISO 80000-1), binary prefixes (IEC 80000-13), and
    /// single letters, which are binary (docker-run(1)).
    private static let units: [String: UInt64] = [
        "": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000,
        "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30,
        "t": 1 << 40,
    ]

    /// Parses `20MB`, `4.5 MB`, `4GiB`, `4g` or `5000000`; nil for other text and for 2^60 bytes or more.
    package init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        guard let factor = Self.units[unit], let size = Self.product(digits, factor), size < 1 << 60 else { return nil }
        bytes = size
    }

    /// The product, exact for whole numbers and rounded for others.
    private static func product(_ digits: Substring, _ factor: UInt64) -> UInt64? {
        if let number = UInt64(digits) {
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        guard digits.utf8.first != UInt8(ascii: "."), digits.utf8.last != UInt8(ascii: "."),
            let number = Double(digits), number * Double(factor) < 0x1p60
        else { return nil }
        return UInt64((number * Double(factor)).rounded())
    }
}

extension ByteSize: CustomStringConvertible {
    /// "0 B", "999 B", "1.2 kB", "87 MB", "193 MB", "1.4 GB": decimal prefixes, as for disks and networks.
    package var description: String {
        guard bytes >= 1000 else { return "\(bytes) B" }
        var (scaled, unit) = (bytes, 0)
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
        while scaled >= 999_500 && unit < units.count - 1 {
            scaled /= 1000
            unit += 1
        }
        // `scaled` is in thousandths of the unit.
        if scaled < 9950 {
            let tenths = (scaled + 50) / 100
            return "\(tenths / 10).\(tenths % 10) \(units[unit])"
        }
        return "\((scaled + 500) / 1000) \(units[unit])"
    }
}
