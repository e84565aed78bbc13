// SPDX-License-Identifier: Apache-2.0

import Core
import Signing
import Testing

@Suite("Keys")
struct KeyTests {
    @Test("A key survives being written and read, with and without a passphrase", arguments: [nil, "correct horse"])
    func roundTrip(passphrase: String?) throws {
        let key = SigningKey.generate()
        let secret = passphrase.map { Array($0.utf8) }
        let again = try SigningKey(pem: Array(key.pem(passphrase: secret).utf8), passphrase: secret)
        #expect(again.publicKey == key.publicKey)
        let message = Array("message".utf8)
        #expect(key.publicKey.verifies(try again.sign(message), of: message))
    }
}
