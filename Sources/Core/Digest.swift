// SPDX-License-Identifier: Apache-2.0

import Crypto

/// A SHA-256 digest, which identifies content throughout this program.
///
/// Written as `sha256:<64 lower-case hex digits>` (OCI image-spec, descriptor.md "Digests"). Ordered by its bytes.
package struct Digest: Hashable, Comparable, Sendable, CodedAsText {
    /// The 64 lower-case hexadecimal digits, without the algorithm.
    package let hex: String

    /// The digest as in OCI documents.
    package var description: String { "sha256:\(hex)" }

    /// Parses `sha256:<hex>`.
    ///
    /// - Throws: `DigestError` for another algorithm or invalid digits.
    package init(_ text: some StringProtocol) throws(DigestError) {
        guard text.hasPrefix("sha256:") else { throw .unknownAlgorithm(String(text.prefix(80))) }
        try self.init(hex: text.dropFirst("sha256:".count))
    }

    /// Parses the digits without the algorithm, as in Debian's indices and the output of `sha256sum`.
    ///
    /// - Throws: `DigestError.malformed` unless there are 64 lower-case hexadecimal digits.
    package init(hex: some StringProtocol) throws(DigestError) {
        let valid = hex.utf8.count == 64 && hex.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard valid else { throw .malformed(String(hex.prefix(80))) }
        self.hex = String(hex)
    }

    /// The digest of `bytes`.
    package init(of bytes: some Sequence<UInt8>) {
        let contiguous = bytes.withContiguousStorageIfAvailable { SHA256.hash(UnsafeRawBufferPointer($0)) }
        self.init(raw: contiguous ?? Array(bytes).withUnsafeBytes { SHA256.hash($0) })
    }

    fileprivate init(raw: [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        hex = String(decoding: raw.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    package static func < (left: Digest, right: Digest) -> Bool { left.hex < right.hex }
}

/// Computes a `Digest` over bytes that arrive in pieces.
package struct DigestHasher: Sendable {
    private var state = SHA256()

    /// Creates a hasher.
    package init() {}

    /// Adds `bytes`.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bytes) }

    /// The digest of all bytes added so far.
    package func finalize() -> Digest { Digest(raw: state.finalize()) }
}

/// Errors of parsing a digest.
package enum DigestError: Error, Hashable {
    /// The algorithm is not SHA-256, or is missing.
    case unknownAlgorithm(String)
    /// The digits are not 64 lower-case hexadecimal digits.
    case malformed(String)
}

extension DigestError: UserFacingError {
    package var sentence: String {
        switch self {
        case .unknownAlgorithm(let text): "'\(text)' is not a digest: it must begin with 'sha256:'."
        case .malformed(let text): "'\(text)' is not a SHA-256 digest: 64 lower-case hexadecimal digits are needed."
        }
    }
}
