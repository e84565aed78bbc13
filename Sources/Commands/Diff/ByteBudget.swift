// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A number of bytes on the command line: `5000000`, `5MB`, `4.5 MB` or `5MiB`.
struct ByteBudget: Hashable, ExpressibleByArgument {
    /// The bytes.
    let bytes: UInt64

    private static let units: [String: UInt64] = [
        "": 1, "b": 1, "kb": 1000, "k": 1000, "mb": 1_000_000, "m": 1_000_000, "gb": 1_000_000_000, "g": 1_000_000_000,
        "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
    ]

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = argument.dropFirst(digits.count).filter { $0 != " " }.lowercased()
        guard let factor = Self.units[unit], let number = Double(digits), number >= 0 else { return nil }
        let product = number * Double(factor)
        guard product < 1e18 else { return nil }
        bytes = UInt64(product.rounded())
    }
}
