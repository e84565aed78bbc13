// SPDX-License-Identifier: Apache-2.0

import CCrypto
import Glibc

/// The use of libcrypto in this program.
enum Library {
    /// A separate library context with only the default provider: the settings in /etc/ssl/openssl.cnf are for TLS,
    /// which uses OpenSSL's default context, and must not affect digests.
    ///
    /// Unsafe: it is not changed after its creation, and libcrypto accepts it from any thread (OSSL_LIB_CTX(3)).
    nonisolated(unsafe) static let context: OpaquePointer = {
        // Without a handler at exit(3), which would free libcrypto's tables while threads still use them.
        _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
        let context = required(OSSL_LIB_CTX_new())
        _ = required(OSSL_PROVIDER_load(context, "default"))
        return context
    }()

    /// Unwraps `optional`, or aborts.
    ///
    /// For calls that fail only when memory or the kernel's randomness is exhausted. Swift's own allocations and random
    /// numbers abort in that case too; to continue would mean a wrong digest.
    static func required<Value>(_ optional: Value?) -> Value {
        guard let optional else { abort() }
        return optional
    }

    /// Aborts unless `status` is 1, libcrypto's success; see `required(_ optional:)`.
    static func required(_ status: Int32) { if status != 1 { abort() } }

    /// Runs `body` and removes its errors from the thread's error queue, where libcurl's TLS would take them for its
    /// own.
    static func attempt<Result>(
        _ body: () throws(CryptoFailure) -> Result
    ) throws(CryptoFailure) -> Result {
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        return try body()
    }

    /// The last error of this thread, as OpenSSL's message.
    static var failure: CryptoFailure {
        let text = ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) } ?? ""
        return .library(reason: sanitized(text))
    }

    /// Printable ASCII, at most 80 characters.
    static func sanitized(_ text: String) -> String {
        let printable = text.utf8.filter { (32...126).contains($0) }.prefix(80)
        return printable.isEmpty ? "no reason given" : String(decoding: printable, as: UTF8.self)
    }

    /// The DER that one of OpenSSL's `i2d_` functions writes; the first call returns the size.
    static func der(
        _ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) throws(CryptoFailure) -> [UInt8] {
        let size = write(nil)
        guard size > 0 else { throw failure }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        let written = bytes.withUnsafeMutableBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return write(&cursor)
        }
        guard written == size else { throw failure }
        return bytes
    }

    /// The value that one of OpenSSL's `d2i_` functions parses; nil when it fails or leaves trailing bytes.
    static func parse<Value>(
        _ bytes: UnsafeBufferPointer<UInt8>, freeing free: (Value) -> Void,
        _ read: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> Value?
    ) -> Value? {
        guard let start = bytes.baseAddress else { return nil }
        var cursor: UnsafePointer<UInt8>? = start
        guard let value = read(&cursor, bytes.count) else { return nil }
        guard cursor == start + bytes.count else {
            free(value)
            return nil
        }
        return value
    }
}
