// SPDX-License-Identifier: Apache-2.0

/// Tars that are assembled byte by byte, with exactly one fault each.
struct RawTar {
    var bytes: [UInt8] = []

    /// The end of an archive.
    static let end = [UInt8](repeating: 0, count: 1024)

    static func file(_ name: String, _ body: String = "") -> [UInt8] { entry(name, body: Array(body.utf8)) }

    /// A PAX header with these records, for the next entry.
    static func pax(_ records: [(String, String)], flag: Character = "x") -> [UInt8] {
        entry("PaxHeader", flag: flag, body: records.flatMap { record($0.0, Array($0.1.utf8)) })
    }

    static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = [UInt8(ascii: " ")] + key.utf8 + [UInt8(ascii: "=")] + value + [UInt8(ascii: "\n")]
        var length = rest.count + 1
        while "\(length)".utf8.count + rest.count != length { length += 1 }
        return "\(length)".utf8 + rest
    }

    /// A header and its contents; `fields` overwrite the header at their offsets before the checksum is computed.
    static func entry(
        _ name: String, flag: Character = "0", link: String = "", body: [UInt8] = [], size: String? = nil,
        fields: [Int: [UInt8]] = [:]
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Sequence<UInt8>, _ offset: Int) {
            for (i, b) in bytes.enumerated() { block[offset + i] = b }
        }
        put(name.utf8.prefix(100), 0)
        put("0000644\0".utf8, 100)
        put("0000000\0".utf8, 108)
        put("0000000\0".utf8, 116)
        put((size ?? octal(body.count, 11)).utf8, 124)
        put("14524770400\0".utf8, 136)
        block[156] = flag.asciiValue ?? 0
        put(link.utf8.prefix(100), 157)
        put("ustar\u{0}00".utf8, 257)
        for (offset, value) in fields { put(value, offset) }
        seal(&block)
        return block + body + [UInt8](repeating: 0, count: (512 - body.count % 512) % 512)
    }

    /// Writes the checksum of a header block.
    static func seal(_ block: inout [UInt8]) {
        for index in 148..<156 { block[index] = UInt8(ascii: " ") }
        let sum = block[..<512].reduce(0) { $0 + Int($1) }
        for (index, byte) in (octal(sum, 6) + "\0 ").utf8.enumerated() { block[148 + index] = byte }
    }

    static func octal(_ value: Int, _ digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): deterministic.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
