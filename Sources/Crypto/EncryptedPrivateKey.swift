// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// A PKCS#8 `EncryptedPrivateKeyInfo` (RFC 5208 section 6) with PBES2: PBKDF2 and AES in CBC mode (RFC 8018 section
/// 6.2), as written by `openssl pkcs8 -topk8`.
extension P256.PrivateKey {
    /// The iteration count of new keys, as OWASP recommends for PBKDF2 with SHA-256.
    private static let rounds: Int32 = 600_000
    private static let saltSize: Int32 = 16

    /// Reads the DER of an encrypted key. The file's encryption parameters are checked before the expensive derivation.
    ///
    /// - Throws: `CryptoFailure.unknownEncryption`, `.wrongPassphrase`.
    package init(encryptedDER der: [UInt8], passphrase: [UInt8]) throws(CryptoFailure) {
        self = try Library.attempt { () throws(CryptoFailure) in
            guard let read = Self.structure(of: der) else { throw .unknownEncryption }
            defer { X509_SIG_free(read) }
            let info = Self.withCharacters(passphrase) { PKCS8_decrypt_ex(read, $0, $1, Library.context, nil) }
            guard let info else { throw .wrongPassphrase }
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            // The result of a wrong decryption may still look like PKCS#8.
            guard let key = EVP_PKCS82PKEY_ex(info, Library.context, nil),
                let sound = try? P256.PrivateKey(KeyHandle(key))
            else { throw .wrongPassphrase }
            return sound
        }
    }

    /// Whether `der` is an encrypted key with a known scheme and a bounded cost. The key is not derived.
    package static func canRead(encryptedDER der: [UInt8]) -> Bool {
        let read = try? Library.attempt { () throws(CryptoFailure) in structure(of: der) }
        guard let read else { return false }
        X509_SIG_free(read)
        return true
    }

    /// The parsed structure, which the caller frees; `nil` for other bytes and for unknown encryption.
    private static func structure(of der: [UInt8]) -> OpaquePointer? {
        let read = der.withUnsafeBufferPointer { bytes in
            Library.parse(bytes, freeing: X509_SIG_free) { d2i_X509_SIG(nil, $0, $1) }
        }
        guard let read, !EncryptionScheme.isKnown(read) else { return read }
        X509_SIG_free(read)
        return nil
    }

    /// The key encrypted with AES-256 and PBKDF2 with HMAC-SHA-256, with a fresh salt and initialization vector.
    ///
    /// - Throws: `CryptoFailure.library`.
    package func encryptedDER(passphrase: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        try Library.attempt { () throws(CryptoFailure) in
            try key.withPrivateKeyInfo { info throws(CryptoFailure) in
                let encrypted = Self.withCharacters(passphrase) { text, size in
                    PKCS8_encrypt_ex(
                        NID_hmacWithSHA256, EVP_aes_256_cbc(), text, size, nil, Self.saltSize, Self.rounds, info,
                        Library.context, nil)
                }
                guard let encrypted else { throw Library.failure }
                defer { X509_SIG_free(encrypted) }
                return try Library.der { i2d_X509_SIG(encrypted, $0) }
            }
        }
    }

    /// Calls `body` with the passphrase for OpenSSL. Never NULL, which may make OpenSSL prompt on the terminal.
    private static func withCharacters(
        _ passphrase: [UInt8], _ body: (UnsafePointer<CChar>, Int32) -> OpaquePointer?
    ) -> OpaquePointer? {
        guard let size = Int32(exactly: passphrase.count) else { return nil }
        return (passphrase + [0]).withUnsafeBytes { bytes in
            bytes.assumingMemoryBound(to: CChar.self).baseAddress.flatMap { body($0, size) }
        }
    }
}

/// The encryption parameters of a key (RFC 8018, appendix A).
private enum EncryptionScheme {
    /// The maximum iteration count: the file chooses it, and a higher one would take minutes.
    private static let mostRounds: Int64 = 20_000_000
    private static let mostSalt: Int32 = 1024

    private static let hashes = [
        NID_hmacWithSHA1, NID_hmacWithSHA256, NID_hmacWithSHA384, NID_hmacWithSHA512,
    ]
    private static let keySizes: [Int32: Int64] = [NID_aes_128_cbc: 16, NID_aes_192_cbc: 24, NID_aes_256_cbc: 32]

    /// Whether the scheme is supported and its cost is within bounds.
    static func isKnown(_ info: OpaquePointer) -> Bool {
        var algorithm: UnsafePointer<X509_ALGOR>?
        X509_SIG_get0(info, &algorithm, nil)
        guard let algorithm = Algorithm(algorithm), algorithm.name == NID_pbes2,
            let scheme = algorithm.parameters(freeing: PBE2PARAM_free, { d2i_PBE2PARAM(nil, $0, $1) })
        else { return false }
        defer { PBE2PARAM_free(scheme) }
        guard let cipher = Algorithm(scheme.pointee.encryption), let keySize = keySizes[cipher.name],
            let function = Algorithm(scheme.pointee.keyfunc), function.name == NID_id_pbkdf2,
            let derivation = function.parameters(freeing: PBKDF2PARAM_free, { d2i_PBKDF2PARAM(nil, $0, $1) })
        else { return false }
        defer { PBKDF2PARAM_free(derivation) }
        return isKnown(derivation.pointee, keySize: keySize)
    }

    private static func isKnown(_ derivation: PBKDF2PARAM, keySize: Int64) -> Bool {
        guard let salt = derivation.salt, ASN1_TYPE_get(salt) == V_ASN1_OCTET_STRING,
            ASN1_STRING_length(salt.pointee.value.octet_string) <= mostSalt
        else { return false }
        guard let rounds = number(derivation.iter), (1...mostRounds).contains(rounds) else { return false }
        if let length = derivation.keylength, number(length) != keySize { return false }
        // The default is HMAC with SHA-1 (RFC 8018, appendix A.2, `DEFAULT`).
        guard let hash = derivation.prf else { return true }
        return Algorithm(hash).map { hashes.contains($0.name) } ?? false
    }

    private static func number(_ integer: UnsafeMutablePointer<ASN1_INTEGER>?) -> Int64? {
        var value: Int64 = 0
        return ASN1_INTEGER_get_int64(&value, integer) == 1 ? value : nil
    }

    /// An `AlgorithmIdentifier` (RFC 5280 section 4.1.1.2), valid as long as the structure that contains it.
    private struct Algorithm {
        /// libcrypto's NID of the object identifier.
        let name: Int32
        private let sequence: UnsafePointer<ASN1_STRING>?

        init?(_ algorithm: UnsafePointer<X509_ALGOR>?) {
            guard let algorithm else { return nil }
            var object: OpaquePointer?
            var (kind, value): (Int32, UnsafeRawPointer?) = (V_ASN1_UNDEF, nil)
            X509_ALGOR_get0(&object, &kind, &value, algorithm)
            guard let object else { return nil }
            name = OBJ_obj2nid(object)
            sequence = kind == V_ASN1_SEQUENCE ? value?.assumingMemoryBound(to: ASN1_STRING.self) : nil
        }

        init?(_ algorithm: UnsafeMutablePointer<X509_ALGOR>?) { self.init(algorithm.map { UnsafePointer($0) }) }

        /// The parameters, when they are a SEQUENCE that `read` parses.
        func parameters<Value>(
            freeing free: (Value) -> Void, _ read: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> Value?
        ) -> Value? {
            guard let sequence else { return nil }
            let bytes = UnsafeBufferPointer(
                start: ASN1_STRING_get0_data(sequence), count: Int(ASN1_STRING_length(sequence)))
            return Library.parse(bytes, freeing: free, read)
        }
    }
}
