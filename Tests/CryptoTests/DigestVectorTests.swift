// SPDX-License-Identifier: Apache-2.0

import Crypto
import SystemPackage
import TestSupport
import Testing

@Suite("SHA-256 and MD5")
struct DigestVectorTests {
    /// FIPS 180-2, appendix B (the first of it `printf '' | sha256sum`); NIST's million letters.
    static let sha256Vectors: [(String, Int, String)] = [
        ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]
    /// RFC 1321, appendix A.5.
    static let md5Vectors: [(String, Int, String)] = [
        ("", 1, "d41d8cd98f00b204e9800998ecf8427e"), ("a", 1, "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", 1, "900150983cd24fb0d6963f7d28e17f72"), ("message digest", 1, "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", 1, "c3fcd3d76192e4007dfb496cca67e13b"),
        ("1234567890", 8, "57edf4a22be3c955ac49da2e2107b67a"),
    ]
    /// Lengths around the block size of SHA-256 and MD5, 64 bytes, and primes.
    static let pieces = [1, 3, 7, 55, 56, 57, 63, 64, 65, 127, 4099]

    @Test("SHA-256 of the published vectors", arguments: sha256Vectors)
    func sha256(text: String, times: Int, digest: String) {
        let bytes = Array(String(repeating: text, count: times).utf8)
        #expect(hex(bytes.withUnsafeBytes(SHA256.hash)) == digest)
        for size in Self.pieces where size < max(2, bytes.count) {
            var state = SHA256()
            feed(bytes, in: size) { state.update($0) }
            #expect(hex(state.finalize()) == digest, "in pieces of \(size)")
        }
    }

    @Test("MD5 of the published vectors", arguments: md5Vectors)
    func md5(text: String, times: Int, digest: String) {
        let bytes = Array(String(repeating: text, count: times).utf8)
        for size in Self.pieces {
            var state = MD5()
            feed(bytes, in: size) { state.update($0) }
            #expect(hex(state.finalize()) == digest, "in pieces of \(size)")
        }
    }

    @Test("All lengths around two blocks agree with coreutils")
    func lengths() throws {
        let sums = try ShellLine.run(
            "for n in {0..130}; do head -c $n /dev/zero | sha256sum; head -c $n /dev/zero | md5sum; done", in: "/")
        let expected = String(decoding: sums, as: UTF8.self).split(separator: "\n").map { $0.prefix { $0 != " " } }
        try #require(expected.count == 262)
        for length in 0...130 {
            let bytes = [UInt8](repeating: 0, count: length)
            var md5 = MD5()
            bytes.withUnsafeBytes { md5.update($0) }
            #expect(hex(bytes.withUnsafeBytes(SHA256.hash)) == expected[2 * length])
            #expect(hex(md5.finalize()) == expected[2 * length + 1])
        }
    }

    @Test("Copies are independent, and a finished computation can continue")
    func copies() {
        var first = SHA256()
        add("a", to: &first)
        var second = first
        add("bc", to: &second)
        #expect(hex(second.finalize()) == Self.sha256Vectors[1].2)
        #expect(hex(second.finalize()) == Self.sha256Vectors[1].2)
        add("b", to: &first)
        #expect(first.finalize() != second.finalize())
        add("c", to: &first)
        #expect(first.finalize() == second.finalize())
    }

    @Test("Copies can be used by many tasks concurrently")
    func tasks() async {
        var start = SHA256()
        add("a", to: &start)
        let shared = start
        await withTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<64 {
                group.addTask {
                    var own = shared
                    add("bc", to: &own)
                    return own.finalize()
                }
            }
            for await digest in group { #expect(hex(digest) == Self.sha256Vectors[1].2) }
        }
        #expect(shared.finalize() == Array("a".utf8).withUnsafeBytes(SHA256.hash))
    }

    private func feed(_ bytes: [UInt8], in size: Int, _ take: (UnsafeRawBufferPointer) -> Void) {
        for start in stride(from: 0, to: bytes.count, by: size) {
            bytes[start..<min(start + size, bytes.count)].withUnsafeBytes(take)
        }
    }
}

private func add(_ text: String, to state: inout SHA256) { Array(text.utf8).withUnsafeBytes { state.update($0) } }

private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
