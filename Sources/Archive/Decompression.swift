// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Undoes gzip, xz, lzma, zstd or bzip2, whichever the first bytes say; other bytes pass as they are.
package enum Decompression {
    /// The contents of a file, at most `limit` bytes of them.
    ///
    /// - Throws: `ArchiveError.damaged`, `.overLimit`; `FileError`.
    package static func bytes(of file: FilePath, limit: Int) throws -> [UInt8] {
        try collect(InflatedStream(.file(file, offset: 0, length: nil), name: file.string), limit)
    }

    /// The contents of compressed memory, at most `limit` bytes of them; `name` stands for it in errors.
    ///
    /// - Throws: `ArchiveError.damaged`, `.overLimit`.
    package static func bytes(of bytes: [UInt8], name: String = "compressed data", limit: Int) throws -> [UInt8] {
        try collect(InflatedStream(.bytes(bytes), name: name), limit)
    }

    /// Passes the contents of a file on, at most `limit` bytes of them.
    ///
    /// - Throws: `ArchiveError.damaged`, `.overLimit`; `FileError`; what `sink` throws.
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
