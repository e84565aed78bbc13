// SPDX-License-Identifier: Apache-2.0

import CDeflate

/// A zlib stream (RFC 1950).
package struct ZlibStream {
    private let bytes: [UInt8]

    /// The stream with which these bytes begin.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The decompressed bytes; `nil` when the stream is malformed or has more than `limit` of them.
    package func inflated(limit: Int) -> [UInt8]? {
        var size = min(limit, max(1024, bytes.count * 4))
        while true {
            let (result, output) = inflate(size)
            if result == LIBDEFLATE_SUCCESS { return output }
            guard result == LIBDEFLATE_INSUFFICIENT_SPACE, size < limit else { return nil }
            size = min(limit, size * 4)
        }
    }

    /// The decompressed bytes; `nil` when the stream is malformed or has another number of them.
    package func inflated(count: Int) -> [UInt8]? {
        let (result, output) = inflate(count)
        return result == LIBDEFLATE_SUCCESS && output.count == count ? output : nil
    }

    private func inflate(_ size: Int) -> (libdeflate_result, [UInt8]) {
        guard let decompressor = libdeflate_alloc_decompressor() else { return (LIBDEFLATE_BAD_DATA, []) }
        defer { libdeflate_free_decompressor(decompressor) }
        var result = LIBDEFLATE_BAD_DATA
        // An empty buffer has no address, but C requires one.
        let output = [UInt8](unsafeUninitializedCapacity: max(1, size)) { buffer, initialized in
            var (read, written) = (0, 0)
            result = libdeflate_zlib_decompress_ex(
                decompressor, bytes, bytes.count, buffer.baseAddress, size, &read, &written)
            initialized = result == LIBDEFLATE_SUCCESS ? written : 0
        }
        return (result, output)
    }
}
