// SPDX-License-Identifier: Apache-2.0

/// Parses an index sequentially, within its bounds.
struct GitIndexReader {
    /// The bytes are not a valid index.
    struct Failure: Error {}

    /// The parsed fields of an entry.
    typealias Entry = (mode: Int, isHidden: Bool, object: ArraySlice<UInt8>, path: [UInt8])

    /// The maximum length of a path: no kernel accepts a longer one, and each entry of version 4 repeats the previous
    /// path.
    static let longest = 1 << 14

    let bytes: [UInt8]
    let hashSize: Int
    private(set) var position = 0
    private var path: [UInt8] = []

    init(bytes: [UInt8], hashSize: Int) {
        self.bytes = bytes
        self.hashSize = hashSize
    }

    /// The end of the entries; the trailing checksum is not part of them.
    private var end: Int { bytes.count - hashSize }

    /// The version, and the number of entries.
    mutating func header() throws(Failure) -> (version: Int, count: Int) {
        guard end >= 12, bytes.starts(with: "DIRC".utf8) else { throw Failure() }
        position = 4
        let (version, count) = (try number(4), try number(4))
        guard (2...4).contains(version), count <= bytes.count / 32 else { throw Failure() }
        return (version, count)
    }

    /// The mode, the object and the path of an entry, and whether its file is not compared: ten 32-bit numbers, the
    /// object's name, flags, the path.
    mutating func entry(version: Int) throws(Failure) -> Entry {
        let start = position
        position += 24
        let mode = try number(4)
        position += 12 + hashSize
        guard position <= end else { throw Failure() }
        let object = bytes[position - hashSize..<position]
        let flags = try number(2)
        let more = version >= 3 && flags & 0x4000 != 0 ? try number(2) : 0
        // git takes the length from the flags, and treats a NUL within it as part of the path, unless the length does
        // not fit.
        let length = flags & 0xfff
        if version == 4 {
            try prefixed(length)
        } else {
            path = try text(length, after: 0)
            // One to eight NUL bytes, so that the length is a multiple of eight.
            position = start + (position - 1 - start + 8) & ~7
        }
        guard position <= end, path.count <= Self.longest else { throw Failure() }
        return (mode, flags & 0x8000 != 0 || more & 0x4000 != 0, object, path)
    }

    /// A path of version 4: the number of bytes to remove from the previous path, and the suffix to append.
    private mutating func prefixed(_ length: Int) throws(Failure) {
        var byte = try number(1)
        var cut = byte & 0x7f
        while byte & 0x80 != 0 {
            byte = try number(1)
            guard cut < 1 << 24 else { throw Failure() }
            cut = (cut + 1) << 7 | byte & 0x7f
        }
        guard cut <= path.count else { throw Failure() }
        path.removeLast(cut)
        path += try text(length, after: path.count)
    }

    /// The next extension's name and content; `nil` at the end.
    mutating func `extension`() throws(Failure) -> (name: String, content: ArraySlice<UInt8>)? {
        guard position + 8 <= end else { return nil }
        let name = String(decoding: bytes[position..<position + 4], as: UTF8.self)
        position += 4
        let length = try number(4)
        guard length <= end - position else { throw Failure() }
        position += length
        return (name, bytes[position - length..<position])
    }

    /// The rest of a path that has `length` bytes, or more than 4094.
    private mutating func text(_ length: Int, after known: Int) throws(Failure) -> [UInt8] {
        let text = try text()
        let count = known + text.count
        guard length == 0xfff ? count >= length : count == length else { throw Failure() }
        return text
    }

    private mutating func text() throws(Failure) -> [UInt8] {
        guard position <= end, let stop = bytes[position..<max(position, end)].firstIndex(of: 0) else {
            throw Failure()
        }
        defer { position = stop + 1 }
        return Array(bytes[position..<stop])
    }

    private mutating func number(_ size: Int) throws(Failure) -> Int {
        guard position + size <= end else { throw Failure() }
        defer { position += size }
        return bytes[position..<position + size].reduce(0) { $0 << 8 | Int($1) }
    }
}
