// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Decompresses gzip, xz, lzma, zstd and bzip2, detected by the first bytes; other bytes are passed through.
package enum Decompression {
    /// Returns the decompressed contents of a file, at most `limit` bytes.
    ///
    /// - Throws: `ArchiveError.damaged`, `.overLimit`; `FileError`.
    package static func bytes(of file: FilePath, limit: Int) throws -> [UInt8] {
        try collect(InflatedStream(.file(file, offset: 0, length: nil), name: file.string), limit)
    }

    /// Returns the decompressed contents of bytes in memory, at most `limit` bytes; `name` identifies them in errors.
    ///
    /// - Throws: `ArchiveError.damaged`, `.overLimit`.
    package static func bytes(of bytes: [UInt8], name: String = "compressed data", limit: Int) throws -> [UInt8] {
        try collect(InflatedStream(.bytes(bytes), name: name), limit)
    }

    /// Streams the decompressed contents of a file to `sink`, at most `limit` bytes.
    ///
    /// - Throws: `ArchiveError.damaged`, `.overLimit`; `FileError`; errors of `sink`.
    package static func stream(file: FilePath, limit: UInt64, to sink: ByteSink) throws {
        try pass(InflatedStream(.file(file, offset: 0, length: nil), name: file.string), limit, to: sink)
    }

    private static func collect(_ stream: InflatedStream, _ limit: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        try pass(stream, UInt64(max(0, limit))) { result.append(contentsOf: $0) }
        return result
    }

    private static func pass(_ stream: InflatedStream, _ limit: UInt64, to sink: ByteSink) throws {
        var total: UInt64 = 0
        while let piece = try stream.next() {
            total += UInt64(piece.count)
            guard total <= limit else {
                throw ArchiveError.overLimit(archive: stream.name, entry: nil, bound: .totalBytes(limit))
            }
            try sink(piece)
        }
    }
}
