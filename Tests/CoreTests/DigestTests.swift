// SPDX-License-Identifier: Apache-2.0

import Core
import Testing

@Suite struct DigestTests {
    /// From FIPS 180-2, appendix B, and `printf '' | sha256sum`.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func knowsThePublishedVectors(text: String, hex: String) throws {
        #expect(Digest(of: text.utf8) == (try Digest(hex: hex)))
        #expect(Digest(of: text.utf8).description == "sha256:\(hex)")
    }

    @Test func piecesGiveTheDigestOfTheWhole() {
        var hasher = DigestHasher()
        for piece in ["a", "", "bc"] { Array(piece.utf8).withUnsafeBytes { hasher.update($0) } }
        #expect(hasher.finalize() == Digest(of: "abc".utf8))
    }

    @Test(arguments: [
        "", "sha256:", "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
        "sha256:../../../../etc/passwd0000000000000000000000000000000000000000000",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ])
    func refusesEverythingElse(text: String) {
        #expect(throws: DigestError.self) { try Digest(text) }
    }
}
