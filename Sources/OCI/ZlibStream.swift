// SPDX-License-Identifier: Apache-2.0

import CDeflate

/// A complete zlib stream (RFC 1950).
package struct ZlibStream {
    private let bytes: [UInt8]

    /// The stream with these bytes.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The decompressed bytes; `nil` when the stream is malformed or has more than `limit` of them.
    package func inflated(limit: Int) -> [UInt8]? {
        guard let decompressor = libdeflate_alloc_decompressor() else { return nil }
        defer { libdeflate_free_decompressor(decompressor) }
        var size = min(limit, max(1024, bytes.count * 4))
        while true {
            var count = 0
            var result = LIBDEFLATE_BAD_DATA
            let output = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
                result = libdeflate_zlib_decompress(
                    decompressor, bytes, bytes.count, buffer.baseAddress, size, &count)
                initialized = result == LIBDEFLATE_SUCCESS ? count : 0
            }
            if result == LIBDEFLATE_SUCCESS { return output }
            guard result == LIBDEFLATE_INSUFFICIENT_SPACE, size < limit else { return nil }
            size = min(limit, size * 4)
        }
    }
}
