// SPDX-License-Identifier: Apache-2.0

/// The fields of a tar header block that describe the entry (POSIX.1-2017, pax, "ustar Interchange Format";
/// GNU tar manual, "Basic Tar Format").
struct TarHeader {
    /// The reason why a block is not a valid header.
    enum Flaw: Error {
        case checksum
        case number(String)

        var detail: String {
            switch self {
            case .checksum: "it is not a tar, or it is corrupt: a header's checksum is wrong"
            case .number(let field): "the \(field) in a header is not a number"
            }
        }
    }

    /// The type of the entry, '0' to '7' or a letter; NUL means '0'.
    private(set) var flag: UInt8
    /// The prefix and the name, joined.
    let name: [UInt8]
    let link: [UInt8]
    let mode: Int64
    let uid: Int64
    let gid: Int64
    private(set) var size: Int64
    let mtime: Int64

    /// Parses a block of 512 bytes.
    init(_ block: UnsafeRawBufferPointer) throws(Flaw) {
        guard TarHeader.hasValidChecksum(block) else { throw .checksum }
        flag = block[156] == 0 ? UInt8(ascii: "0") : block[156]
        mode = try TarHeader.number(block, 100..<108, "mode")
        uid = try TarHeader.number(block, 108..<116, "uid")
        gid = try TarHeader.number(block, 116..<124, "gid")
        size = try TarHeader.number(block, 124..<136, "size")
        mtime = try TarHeader.number(block, 136..<148, "mtime")
        link = TarHeader.text(block, 157..<257)
        let base = TarHeader.text(block, 0..<100)
        // GNU's own format has the magic "ustar " and other fields in place of the prefix.
        let hasPrefix = block[257..<263].elementsEqual("ustar\0".utf8)
        let prefix = hasPrefix ? TarHeader.text(block, 345..<500) : []
        name = prefix.isEmpty ? base : prefix + [UInt8(ascii: "/")] + base
    }

    /// The bytes of a field up to the first NUL.
    /// The same header, as that of an empty file.
    var asEmptyFile: TarHeader {
        var header = self
        (header.flag, header.size) = (UInt8(ascii: "7"), 0)
        return header
    }

    private static func text(_ block: UnsafeRawBufferPointer, _ range: Range<Int>) -> [UInt8] {
        Array(block[range].prefix { $0 != 0 })
    }

    private static func hasValidChecksum(_ block: UnsafeRawBufferPointer) -> Bool {
        guard let stated = try? number(block, 148..<156, "checksum") else { return false }
        var unsigned: Int64 = 0
        var signed: Int64 = 0
        for index in 0..<TarInput.blockSize {
            let byte = (148..<156).contains(index) ? UInt8(ascii: " ") : block[index]
            unsigned += Int64(byte)
            signed += Int64(Int8(bitPattern: byte))
        }
        // Historic implementations summed signed characters.
        return stated == unsigned || stated == signed
    }

    /// Parses octal digits between blanks or, when the highest bit is set, a big-endian two's complement number (GNU).
    private static func number(
        _ block: UnsafeRawBufferPointer, _ range: Range<Int>, _ field: String
    ) throws(Flaw) -> Int64 {
        let bytes = block[range]
        if block[range.lowerBound] & 0x80 != 0 { return try binary(bytes, field) }
        let isBlank = { (byte: UInt8) in byte == 0 || byte == UInt8(ascii: " ") }
        let trimmed = bytes.drop(while: isBlank)
        let digits = trimmed.prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
        guard trimmed[digits.endIndex...].allSatisfy(isBlank) else { throw .number(field) }
        return digits.reduce(0) { $0 << 3 | Int64($1 & 7) }  // at most 12 digits, 36 bits
    }

    private static func binary(_ bytes: Slice<UnsafeRawBufferPointer>, _ field: String) throws(Flaw) -> Int64 {
        guard let first = bytes.first else { throw .number(field) }
        // Bit 7 marks the format, bit 6 is the sign.
        var value = Int64(Int8(bitPattern: first << 1) >> 1)
        for byte in bytes.dropFirst() {
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 256)
            if overflow { throw .number(field) }
            value = shifted | Int64(byte)
        }
        return value
    }
}
