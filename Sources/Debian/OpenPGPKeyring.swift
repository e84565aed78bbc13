// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Public keys in the format that gpgv(1) reads.
package enum OpenPGPKeyring {
    /// The maximum size of a key file in bytes.
    package static let limit = 1 << 20

    /// The binary form of keys, which may be binary or in ASCII armor (RFC 9580, section 6).
    ///
    /// - Throws: `DebianError.malformedKey`.
    package static func binary(_ bytes: [UInt8], file: String) throws(DebianError) -> [UInt8] {
        // The first octet of a packet has its highest bit set (section 4.2); ASCII does not.
        if let first = bytes.first, first >= 128 { return bytes }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformedKey(file: file) }
        let keys = blocks(of: text).compactMap { Data(base64Encoded: $0) }.joined()
        guard let first = keys.first, first >= 128 else { throw .malformedKey(file: file) }
        return Array(keys)
    }

    /// The base64 of each armored block: the lines after the empty line, without the checksum.
    private static func blocks(of text: String) -> [String] {
        var blocks: [String] = []
        var (isInside, isBody) = (false, false)
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line == "-----BEGIN PGP PUBLIC KEY BLOCK-----" {
                (isInside, isBody) = (true, false)
                blocks.append("")
            } else if line == "-----END PGP PUBLIC KEY BLOCK-----" {
                isInside = false
            } else if isInside, line.isEmpty {
                isBody = true
            } else if isInside, isBody, !line.hasPrefix("="), let last = blocks.popLast() {
                blocks.append(last + line)
            }
        }
        return blocks
    }
}
