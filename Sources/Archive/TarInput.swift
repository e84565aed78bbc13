// SPDX-License-Identifier: Apache-2.0

/// Reads a tar's bytes in order, as 512-byte blocks and contents of any length, and enforces the size limit.
final class TarInput {
    /// The block size of a tar (POSIX.1-2017, pax, "ustar Interchange Format").
    static let blockSize = 512
    let stream: InflatedStream
    private let limit: UInt64
    private var window = UnsafeRawBufferPointer(start: nil, count: 0)
    private let gathered = UnsafeMutableRawBufferPointer.allocate(byteCount: blockSize, alignment: 16)
    /// The number of bytes read so far.
    private(set) var position: UInt64 = 0

    init(_ stream: InflatedStream, limit: UInt64) {
        self.stream = stream
        self.limit = limit
    }

    deinit { gathered.deallocate() }

    /// The number of bytes left before the limit is reached.
    var allowance: UInt64 { limit - position }

    /// The next block, valid until the next call; nil at the end of the input.
    func block() throws -> UnsafeRawBufferPointer? {
        guard let first = try take(TarInput.blockSize) else { return nil }
        if first.count == TarInput.blockSize { return first }
        var filled = first.count
        gathered.copyMemory(from: first)
        while filled < TarInput.blockSize {
            guard let more = try take(TarInput.blockSize - filled) else { throw truncated() }
            UnsafeMutableRawBufferPointer(rebasing: gathered[filled...]).copyMemory(from: more)
            filled += more.count
        }
        return UnsafeRawBufferPointer(gathered)
    }

    /// The next `count` bytes.
    func bytes(_ count: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        while result.count < count {
            guard let piece = try take(count - result.count) else { throw truncated() }
            result.append(contentsOf: piece)
        }
        return result
    }

    /// At least one and at most `most` of the next bytes, valid until the next call.
    func piece(_ most: UInt64) throws -> UnsafeRawBufferPointer {
        guard let piece = try take(Int(clamping: most)) else { throw truncated() }
        return piece
    }

    /// Skips `count` bytes.
    func skip(_ count: UInt64) throws {
        var rest = count
        while rest > 0 { rest -= UInt64(try piece(rest).count) }
    }

    /// Skips the `count` padding bytes of a block; returns false when the input ends before.
    func skipFilling(_ count: UInt64) throws -> Bool {
        var rest = count
        while rest > 0 {
            guard let piece = try take(Int(rest)) else { return false }
            rest -= UInt64(piece.count)
        }
        return true
    }

    /// Reads to the end of the input, which must be zeros only: this also verifies checksums after the last entry.
    func drain() throws {
        while let piece = try take(.max) {
            guard piece.allSatisfy({ $0 == 0 }) else { throw stream.damaged("there are more bytes after its end") }
        }
    }

    private func take(_ most: Int) throws -> UnsafeRawBufferPointer? {
        while window.isEmpty {
            guard let piece = try stream.next() else { return nil }
            window = piece
        }
        let count = min(most, window.count)
        guard UInt64(count) <= allowance else {
            throw ArchiveError.overLimit(archive: stream.name, entry: stream.place, bound: .totalBytes(limit))
        }
        position += UInt64(count)
        defer { window = UnsafeRawBufferPointer(rebasing: window[count...]) }
        return UnsafeRawBufferPointer(rebasing: window[..<count])
    }

    private func truncated() -> ArchiveError { stream.damaged("it ends in the middle of an entry") }
}
