// SPDX-License-Identifier: Apache-2.0

/// A bitmap of git's index, compressed with EWAH (gitformat-bitmap(5), "Serialization format for an EWAH bitmap").
struct CompressedBitmap {
    /// The bytes are not a valid bitmap, or it has too many bits.
    struct Failure: Error {}

    /// The positions of the set bits, the lowest first.
    private(set) var positions: [Int] = []
    /// The length of the bitmap in bytes.
    let length: Int

    /// Parses the bitmap at the beginning of `bytes`.
    ///
    /// - Parameter most: The maximum number of bits.
    init(_ bytes: ArraySlice<UInt8>, most: Int) throws(Failure) {
        let (bits, words) = (try Self.number(bytes, at: 0, 4), try Self.number(bytes, at: 4, 4))
        // The words are followed by the position of the last run-length word.
        length = 12 + 8 * words
        guard bits <= most, length <= bytes.count else { throw Failure() }
        var (word, position) = (0, 0)
        while word < words {
            // One bit to repeat, the number of repeated words, and the number of literal words.
            let mark = UInt64(bitPattern: Int64(try Self.number(bytes, at: 8 + 8 * word, 8)))
            let (run, plain) = (Int(mark >> 1 & 0xffff_ffff), Int(mark >> 33))
            guard position + 64 * run < bits + 64, plain < words - word else { throw Failure() }
            if mark & 1 == 1 { positions += position..<position + 64 * run }
            position += 64 * run
            for offset in 0..<plain {
                let value = UInt64(bitPattern: Int64(try Self.number(bytes, at: 16 + 8 * (word + offset), 8)))
                guard position < bits + 64 else { throw Failure() }
                positions += (0..<64).filter { value >> UInt64($0) & 1 == 1 }.map { position + $0 }
                position += 64
            }
            word += 1 + plain
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>, at offset: Int, _ size: Int) throws(Failure) -> Int {
        let start = bytes.startIndex + offset
        guard start + size <= bytes.endIndex else { throw Failure() }
        return Int(truncatingIfNeeded: bytes[start..<start + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
