// SPDX-License-Identifier: Apache-2.0

import CCrypto
import Glibc

/// libcrypto as this program uses it.
enum Library {
    /// A library context of our own with the default provider alone: what /etc/ssl/openssl.cnf loads and forbids is meant for
    /// TLS, which keeps OpenSSL's usual context, and never decides what a digest is.
    ///
    /// Unsafe: it is never changed once it is made, and libcrypto takes it from any thread (OSSL_LIB_CTX(3)).
    nonisolated(unsafe) static let context: OpaquePointer = {
        // No handler at exit(3): it would take libcrypto's tables away from threads that still compute.
        _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
        let context = required(OSSL_LIB_CTX_new())
        _ = required(OSSL_PROVIDER_load(context, "default"))
        return context
    }()

    /// The value of `optional`.
    ///
    /// For what libcrypto refuses only when memory, or the kernel's randomness, ran out. Swift's own allocations and random
    /// numbers end the program then, and so does this: going on would mean a digest that is none.
    static func required<Value>(_ optional: Value?) -> Value {
        guard let optional else { abort() }
        return optional
    }

    /// Ends the program unless `status` is 1, libcrypto's success; see `required(_ optional:)`.
    static func required(_ status: Int32) { if status != 1 { abort() } }

    /// Runs `body`, and takes the errors it left off the thread's queue, where libcurl's TLS would take them for its own.
    static func attempt<Result>(
        _ body: () throws(CryptoFailure) -> Result
    ) throws(CryptoFailure) -> Result {
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        return try body()
    }

    /// The last error of this thread, in OpenSSL's words.
    static var failure: CryptoFailure {
        let text = ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) } ?? ""
        return .library(reason: sanitized(text))
    }

    /// Printable ASCII, 80 characters at most.
    static func sanitized(_ text: String) -> String {
        let printable = text.utf8.filter { (32...126).contains($0) }.prefix(80)
        return printable.isEmpty ? "no reason given" : String(decoding: printable, as: UTF8.self)
    }

    /// The DER that one of OpenSSL's `i2d_` functions writes: it is asked for the size first.
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

    /// What one of OpenSSL's `d2i_` functions reads; `nil` when it reads nothing, or less than all of `bytes`.
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
