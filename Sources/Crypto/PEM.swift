// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// A block of a PEM text (RFC 7468): `-----BEGIN label-----`, base64, `-----END label-----`.
package struct PEM: Hashable, Sendable {
    /// The label after BEGIN.
    package let label: String
    /// The decoded bytes.
    package let der: [UInt8]

    /// Creates a block.
    package init(label: String, der: [UInt8]) {
        self.label = label
        self.der = der
    }

    /// All blocks of `text`; text around them is skipped.
    ///
    /// Nothing is decrypted, so that OpenSSL never prompts on a terminal: a block with the header of legacy encryption
    /// is refused.
    ///
    /// - Throws: `CryptoFailure.malformed` when a block is incomplete or invalid.
    package static func blocks(of text: [UInt8]) throws(CryptoFailure) -> [PEM] {
        try Library.attempt { () throws(CryptoFailure) in
            guard let size = Int32(exactly: text.count) else { throw .malformed }
            let (blocks, whole) = text.withUnsafeBytes { bytes -> ([PEM], Bool) in
                // BIO_new_mem_buf(3) does not accept NULL.
                guard let start = bytes.baseAddress, let source = BIO_new_mem_buf(start, size) else {
                    return ([], true)
                }
                defer { BIO_free(source) }
                var blocks: [PEM] = []
                while let block = next(from: source) { blocks.append(block) }
                let error = ERR_peek_last_error()
                return (blocks, ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE)
            }
            guard whole else { throw .malformed }
            return blocks
        }
    }

    private static func next(from source: OpaquePointer) -> PEM? {
        var (label, header): (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?)
        var content: UnsafeMutablePointer<UInt8>?
        var size = 0
        guard PEM_read_bio(source, &label, &header, &content, &size) == 1 else { return nil }
        defer {
            CRYPTO_free(label, #file, #line)
            CRYPTO_free(header, #file, #line)
            CRYPTO_clear_free(content, size, #file, #line)
        }
        guard let label, let content, size > 0, header.map({ $0.pointee == 0 }) ?? true else { return nil }
        return PEM(label: String(cString: label), der: Array(UnsafeBufferPointer(start: content, count: size)))
    }

    /// The block as text, 64 characters per line, with a final line end.
    package var text: String {
        let sink = Library.required(BIO_new(BIO_s_mem()))
        defer { BIO_free(sink) }
        _ = Library.required(PEM_write_bio(sink, label, "", der, der.count) > 0 ? sink : nil)
        let size = BIO_ctrl_pending(sink)
        let text = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = Int(max(0, BIO_read(sink, buffer.baseAddress, Int32(clamping: size))))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
