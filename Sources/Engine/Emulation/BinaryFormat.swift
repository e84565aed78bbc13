// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// One entry of the kernel's binfmt_misc registry (Documentation/admin-guide/binfmt-misc.rst).
package struct BinaryFormat: Hashable, Sendable {
    /// Whether the entry is enabled.
    package let isEnabled: Bool
    /// The interpreter of the programs.
    package let interpreter: FilePath
    /// Whether the interpreter was opened at registration (flag `F`). Without that flag the kernel looks for it inside
    /// the container, where it does not exist.
    package let isOpened: Bool
    private let offset: Int
    private let magic: [UInt8]
    private let mask: [UInt8]

    /// Parses an entry of the kernel; `nil` for one that matches by file extension, or is malformed.
    package init?(_ text: String) {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
        let values = Dictionary(lines.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first }
        guard let interpreter = values["interpreter"], let magic = values["magic"].flatMap(Self.bytes),
            let offset = values["offset"].flatMap(Int.init), (0...256).contains(offset)
        else { return nil }
        isEnabled = lines.first == ["enabled"]
        isOpened = values["flags:"]?.contains("F") ?? false
        self.interpreter = FilePath(interpreter)
        self.offset = offset
        self.magic = magic
        let mask = values["mask"].flatMap(Self.bytes) ?? []
        self.mask = mask.count == magic.count ? mask : Array(repeating: 0xff, count: magic.count)
    }

    /// Returns whether a file that begins with `bytes` has this format.
    package func matches(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= offset + magic.count else { return false }
        return magic.indices.allSatisfy { (bytes[offset + $0] ^ magic[$0]) & mask[$0] == 0 }
    }

    /// The entries in the kernel's directory; empty when it is not mounted.
    static func registered(in directory: FilePath) -> [BinaryFormat] {
        let names = ((try? Files.list(directory)) ?? []).filter { !["register", "status"].contains($0) }
        return names.compactMap { name in
            (try? Files.read(directory.appending(name), limit: 4096)).flatMap {
                Self(String(decoding: $0, as: UTF8.self))
            }
        }
    }

    private static func bytes(_ hex: String) -> [UInt8]? {
        guard hex.utf8.count % 2 == 0, hex.utf8.count <= 512 else { return nil }
        let digits = hex.compactMap(\.hexDigitValue)
        guard digits.count == hex.utf8.count else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
