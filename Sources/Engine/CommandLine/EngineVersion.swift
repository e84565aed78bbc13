// SPDX-License-Identifier: Apache-2.0

/// The comparable part of an engine's version: `20.10.24+dfsg1` is 20.10.24.
package struct EngineVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The first three numbers; missing ones are 0.
    package let numbers: [Int]

    /// Parses the leading numbers; `nil` when there is none.
    package init?(_ text: String) {
        let head = text.utf8.prefix { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
        let parts = String(decoding: head, as: UTF8.self).split(separator: ".").prefix(3).map { Int($0) }
        guard let first = parts.first, first != nil else { return nil }
        numbers = (parts.map { $0 ?? 0 } + [0, 0, 0]).prefix(3).map(\.self)
    }

    package static func < (left: EngineVersion, right: EngineVersion) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }

    package var description: String { numbers.map(String.init).joined(separator: ".") }
}

extension CommandLineDialect {
    /// The oldest version that supports every option used here: Docker has `--cgroupns` and `--pull` since 20.10,
    /// Podman `keep-id:uid=` since 4.3.
    package var oldestVersion: String {
        switch self {
        case .docker: "20.10"
        case .podman: "4.3"
        }
    }
}
