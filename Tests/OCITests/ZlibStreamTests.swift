// SPDX-License-Identifier: Apache-2.0

import OCI
import Testing

@Suite("zlib streams")
struct ZlibStreamTests {
    /// `hello hello hello hello`, compressed by Python's zlib.
    private static let stream: [UInt8] = [120, 218, 203, 72, 205, 201, 201, 87, 200, 64, 39, 1, 104, 3, 8, 177]

    @Test("A stream is decompressed up to a limit")
    func inflated() {
        #expect(ZlibStream(Self.stream).inflated(limit: 23) == Array("hello hello hello hello".utf8))
        #expect(ZlibStream(Self.stream).inflated(limit: 22) == nil)
    }

    @Test("A malformed stream has no bytes, at whichever place it is cut or changed")
    func malformed() {
        for count in Self.stream.indices {
            #expect(ZlibStream(Array(Self.stream[..<count])).inflated(limit: 64) == nil)
        }
        for place in Self.stream.indices {
            var bytes = Self.stream
            bytes[place] ^= 0x10
            #expect(ZlibStream(bytes).inflated(limit: 64) == nil, "byte \(place)")
        }
    }

    /// 100,000 zeros, compressed by Python's zlib.
    private static let zeros: [UInt8] =
        [120, 218, 237, 193, 49, 1, 0, 0, 0, 194, 160, 245, 79, 109, 13, 15, 160] + [UInt8](repeating: 0, count: 96) + [
            128, 87, 3, 134, 175, 0, 1,
        ]

    @Test("A stream that grows a thousandfold is bounded")
    func bounded() {
        #expect(ZlibStream(Self.zeros).inflated(limit: 99_999) == nil)
        #expect(ZlibStream(Self.zeros).inflated(limit: 1 << 20) == [UInt8](repeating: 0, count: 100_000))
    }
}
