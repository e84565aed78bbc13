// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// Keys on the curve P-256 (FIPS 186-4, D.1.2.3), and their ECDSA signatures over SHA-256.
package enum P256 {
    static let curve = "prime256v1"

    /// A key that verifies signatures.
    package struct PublicKey: Sendable {
        /// SubjectPublicKeyInfo as DER (RFC 5280 section 4.1.2.7), the point uncompressed.
        package let der: [UInt8]
        private let key: KeyHandle

        /// The sizes of the DER and of the point at its end, and the first byte of an uncompressed point (SEC 1,
        /// section 2.3.3): OpenSSL would also accept the hybrid form, which has the same size.
        private static let (size, pointSize, uncompressed): (Int, Int, UInt8) = (91, 65, 4)

        /// Parses DER in the only form that `der` has.
        ///
        /// - Throws: `CryptoFailure.malformed`.
        package init(der: [UInt8]) throws(CryptoFailure) {
            key = try Library.attempt { () throws(CryptoFailure) in
                guard der.count == Self.size, der[Self.size - Self.pointSize] == Self.uncompressed,
                    let key = Self.read(der), key.isOnCurve, try key.publicDER() == der
                else { throw .malformed }
                return key
            }
            self.der = der
        }

        private static func read(_ der: [UInt8]) -> KeyHandle? {
            der.withUnsafeBufferPointer { bytes in
                Library.parse(bytes, freeing: EVP_PKEY_free) { d2i_PUBKEY_ex(nil, $0, $1, Library.context, nil) }
            }.map(KeyHandle.init)
        }

        /// Whether `signature`, an `ECDSA-Sig-Value` in DER (RFC 3279 section 2.2.3), is a signature of `message` by
        /// the private half of this key.
        package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
            let answer = try? Library.attempt { () throws(CryptoFailure) in
                try key.withSignatureContext(EVP_DigestVerifyInit_ex) {
                    EVP_DigestVerify($0, signature, signature.count, message, message.count)
                }
            }
            return answer == 1
        }
    }

    /// A key that signs.
    package struct PrivateKey: Sendable {
        let key: KeyHandle

        /// The public half.
        package let publicKey: PublicKey

        /// Generates a key from the system's source of randomness.
        package init() {
            let context = Library.required(EVP_PKEY_CTX_new_from_name(Library.context, "EC", nil))
            defer { EVP_PKEY_CTX_free(context) }
            Library.required(EVP_PKEY_keygen_init(context))
            Library.required(EVP_PKEY_CTX_set_group_name(context, P256.curve))
            var key: OpaquePointer?
            Library.required(EVP_PKEY_generate(context, &key))
            self = Library.required(try? PrivateKey(KeyHandle(Library.required(key))))
        }

        /// Parses a PKCS#8 `PrivateKeyInfo` (RFC 5208 section 5) or an `ECPrivateKey` (RFC 5915).
        ///
        /// - Throws: `CryptoFailure.malformed`.
        package init(der: [UInt8]) throws(CryptoFailure) {
            self = try Library.attempt { () throws(CryptoFailure) in
                let pointer = der.withUnsafeBufferPointer { bytes in
                    Library.parse(bytes, freeing: EVP_PKEY_free) {
                        d2i_PrivateKey_ex(EVP_PKEY_EC, nil, $0, $1, Library.context, nil)
                    }
                }
                guard let key = pointer.map(KeyHandle.init) else { throw .malformed }
                return try PrivateKey(key)
            }
        }

        init(_ key: KeyHandle) throws(CryptoFailure) {
            self.key = try key.normalized()
            publicKey = try PublicKey(der: try key.publicDER())
        }

        /// The key as a PKCS#8 `PrivateKeyInfo`, with its public half.
        ///
        /// - Throws: `CryptoFailure.library`.
        package func der() throws(CryptoFailure) -> [UInt8] {
            try Library.attempt { () throws(CryptoFailure) in
                try key.withPrivateKeyInfo { info throws(CryptoFailure) in
                    try Library.der { i2d_PKCS8_PRIV_KEY_INFO(info, $0) }
                }
            }
        }

        /// Signs `message`, in the form that `PublicKey.verifies` expects; each signature is different, since ECDSA
        /// uses a random number.
        ///
        /// - Throws: `CryptoFailure.library`.
        package func signature(of message: [UInt8]) throws(CryptoFailure) -> [UInt8] {
            try Library.attempt { () throws(CryptoFailure) in
                var size = 0
                var bytes: [UInt8] = []
                let done = try key.withSignatureContext(EVP_DigestSignInit_ex) { context in
                    guard EVP_DigestSign(context, nil, &size, message, message.count) == 1 else { return 0 }
                    bytes = [UInt8](repeating: 0, count: size)
                    return EVP_DigestSign(context, &bytes, &size, message, message.count)
                }
                guard done == 1, size <= bytes.count else { throw Library.failure }
                return Array(bytes.prefix(size))
            }
        }
    }
}
