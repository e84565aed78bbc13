// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// SHA-256 over bytes that arrive in pieces (FIPS 180-4). Copies are independent.
package struct SHA256: Sendable {
    /// Unsafe: libcrypto's algorithm descriptions are immutable (EVP_MD_fetch(3)).
    nonisolated(unsafe) private static let algorithm = Library.required(
        EVP_MD_fetch(Library.context, "SHA2-256", nil))
    private var state = DigestState(SHA256.algorithm)

    /// Creates an empty computation.
    package init() {}

    /// Adds `bytes`.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) { DigestState.update(&state, bytes) }

    /// The 32-byte digest of all bytes added so far.
    package func finalize() -> [UInt8] { state.finalized() }

    /// The 32-byte digest of `bytes`.
    package static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] { DigestState.hash(bytes, algorithm) }
}

/// MD5 over bytes that arrive in pieces (RFC 1321), for dpkg's file lists. Never used for trust.
package struct MD5: Sendable {
    /// Unsafe: libcrypto's algorithm descriptions are immutable (EVP_MD_fetch(3)).
    nonisolated(unsafe) private static let algorithm = Library.required(EVP_MD_fetch(Library.context, "MD5", nil))
    private var state = DigestState(MD5.algorithm)

    /// Creates an empty computation.
    package init() {}

    /// Adds `bytes`.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) { DigestState.update(&state, bytes) }

    /// The 16-byte digest of all bytes added so far.
    package func finalize() -> [UInt8] { state.finalized() }
}

/// The state of a digest computation (`EVP_MD_CTX`).
///
/// Unchecked: only `update` changes it, and only while it has one owner; libcrypto does not change it when it is read,
/// copied or freed.
private final class DigestState: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(_ algorithm: OpaquePointer) {
        pointer = Library.required(EVP_MD_CTX_new())
        Library.required(EVP_DigestInit_ex2(pointer, algorithm, nil))
    }

    private init(copying other: DigestState) {
        pointer = Library.required(EVP_MD_CTX_new())
        withExtendedLifetime(other) { Library.required(EVP_MD_CTX_copy_ex(pointer, other.pointer)) }
    }

    deinit { EVP_MD_CTX_free(pointer) }

    /// Adds `bytes` to `state`, or to a copy when it is shared.
    static func update(_ state: inout DigestState, _ bytes: UnsafeRawBufferPointer) {
        if !isKnownUniquelyReferenced(&state) { state = DigestState(copying: state) }
        withExtendedLifetime(state) { Library.required(EVP_DigestUpdate($0.pointer, bytes.baseAddress, bytes.count)) }
    }

    /// The digest of the bytes so far; the computation may continue.
    func finalized() -> [UInt8] {
        withExtendedLifetime(DigestState(copying: self)) { copy in
            Self.bytes { Library.required(EVP_DigestFinal_ex(copy.pointer, $0, $1)) }
        }
    }

    /// The digest of `bytes` alone.
    static func hash(_ bytes: UnsafeRawBufferPointer, _ algorithm: OpaquePointer) -> [UInt8] {
        Self.bytes { Library.required(EVP_Digest(bytes.baseAddress, bytes.count, $0, $1, algorithm, nil)) }
    }

    private static func bytes(
        _ write: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>) -> Void
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            var size: UInt32 = 0
            write(buffer.baseAddress, &size)
            count = Int(size)
        }
    }
}
