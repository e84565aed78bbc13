// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// An `EVP_PKEY`, freed with its last owner.
///
/// Unchecked: only `normalized` changes it, before it is shared with other threads; libcrypto protects its internal
/// caches by a lock.
final class KeyHandle: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Takes ownership of the key.
    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    /// Calls `body` with the key and keeps it alive during the call.
    private func with<Result>(_ body: (OpaquePointer) throws(CryptoFailure) -> Result) throws(CryptoFailure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(pointer)
    }

    /// Whether it is a key on P-256, with a named curve and not explicit parameters.
    var isOnCurve: Bool {
        defer { withExtendedLifetime(self) {} }
        var described: Int32 = 0
        guard EVP_PKEY_is_a(pointer, "EC") == 1,
            EVP_PKEY_get_int_param(pointer, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &described) == 1,
            described == 0
        else { return false }
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        return EVP_PKEY_get_group_name(pointer, &name, name.count, &length) == 1
            && name.prefix(length).elementsEqual(P256.curve.utf8.map { CChar(bitPattern: $0) })
    }

    /// Checks that the halves of the private key belong together, and sets its encoding: with the public half, as an
    /// uncompressed point, regardless of the file's encoding.
    ///
    /// - Throws: `CryptoFailure.malformed`.
    func normalized() throws(CryptoFailure) -> KeyHandle {
        let sound = try with { key in
            guard isOnCurve, let context = EVP_PKEY_CTX_new_from_pkey(Library.context, key, nil) else { return false }
            defer { EVP_PKEY_CTX_free(context) }
            return EVP_PKEY_check(context) == 1
                && EVP_PKEY_set_int_param(key, OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, 1) == 1
                && EVP_PKEY_set_utf8_string_param(
                    key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED)
                    == 1
        }
        guard sound else { throw .malformed }
        return self
    }

    /// The public half as SubjectPublicKeyInfo.
    func publicDER() throws(CryptoFailure) -> [UInt8] {
        try with { key throws(CryptoFailure) in try Library.der { i2d_PUBKEY(key, $0) } }
    }

    /// Calls `body` with the PKCS#8 `PrivateKeyInfo`.
    func withPrivateKeyInfo<Result>(
        _ body: (OpaquePointer) throws(CryptoFailure) -> Result
    ) throws(CryptoFailure) -> Result {
        try with { key throws(CryptoFailure) in
            guard let info = EVP_PKEY2PKCS8(key) else { throw Library.failure }
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            return try body(info)
        }
    }

    /// EVP_DigestSignInit_ex(3) or EVP_DigestVerifyInit_ex(3).
    typealias Begin = (
        OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, UnsafePointer<CChar>?, OpaquePointer?,
        UnsafePointer<CChar>?, OpaquePointer?, UnsafePointer<OSSL_PARAM>?
    ) -> Int32

    /// Calls `body` with a SHA-256 signature context for this key.
    func withSignatureContext(
        _ begin: Begin, _ body: (OpaquePointer) -> Int32
    ) throws(CryptoFailure) -> Int32 {
        try with { key throws(CryptoFailure) in
            guard let context = EVP_MD_CTX_new() else { throw Library.failure }
            defer { EVP_MD_CTX_free(context) }
            guard begin(context, nil, "SHA2-256", Library.context, nil, key, nil) == 1 else { throw Library.failure }
            return body(context)
        }
    }
}
