// SPDX-License-Identifier: Apache-2.0

import CDeflate

/// Compresses gzip members with libdeflate: no name, time 0, operating system 255 ("unknown"), so that the bytes depend
/// only on the input and libdeflate's version. Not safe for concurrent use.
final class GzipCompressor: BlockCompressor {
    /// libdeflate's fastest level with matches. On a 222 MB tar of compilers and Python libraries, with one core: level
    /// 1 gives 0.358 at 160 MB/s, level 2 0.344 at 96, level 4 0.338 at 82, level 6 0.328 at 54; gzip -6 gives 0.331 at
    /// 19.
    static let level: Int32 = 1

    private let compressor: OpaquePointer
    private let output: UnsafeMutableRawBufferPointer

    /// Creates a compressor for inputs of at most `inputLimit` bytes.
    ///
    /// - Throws: `OCIError.compression` when memory is exhausted.
    init(inputLimit: Int) throws {
        guard let compressor = libdeflate_alloc_compressor(Self.level) else { throw OCIError.compression }
        self.compressor = compressor
        let bound = libdeflate_gzip_compress_bound(compressor, inputLimit)
        output = .allocate(byteCount: bound, alignment: MemoryLayout<UInt64>.alignment)
    }

    deinit {
        libdeflate_free_compressor(compressor)
        output.deallocate()
    }

    /// Writes one gzip member with `bytes` to `sink`.
    ///
    /// - Throws: `OCIError.compression` for more than `inputLimit` bytes; errors of `sink`.
    func compress(_ bytes: UnsafeRawBufferPointer, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        // An empty buffer has no address, but C requires one.
        let empty = UnsafeRawPointer(output.baseAddress)
        guard let input = bytes.baseAddress ?? empty else { throw OCIError.compression }
        let count = libdeflate_gzip_compress(compressor, input, bytes.count, output.baseAddress, output.count)
        guard count > 0 else { throw OCIError.compression }
        try sink(UnsafeRawBufferPointer(rebasing: output[..<count]))
    }

    /// Does nothing: every member is complete.
    func finish(to sink: (UnsafeRawBufferPointer) throws -> Void) {}
}
