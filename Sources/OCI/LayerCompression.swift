// SPDX-License-Identifier: Apache-2.0

/// The compression of a layer's blob.
package enum LayerCompression: String, Hashable, Sendable, CaseIterable {
    /// gzip (RFC 1952), supported by every registry and engine.
    case gzip
    /// Zstandard (RFC 8878): smaller, and not supported by every engine (docs/engines.md).
    case zstd
    /// An uncompressed tar.
    case none

    /// The media type of the blob.
    package var mediaType: MediaType {
        switch self {
        case .gzip: .layerGzip
        case .zstd: .layerZstd
        case .none: .layer
        }
    }

    /// Creates a compressor for blocks of at most `inputLimit` bytes; returns nil for `none`.
    ///
    /// - Throws: `OCIError.compression` when memory is exhausted.
    func compressor(inputLimit: Int) throws -> (any BlockCompressor)? {
        switch self {
        case .gzip: try GzipCompressor(inputLimit: inputLimit)
        case .zstd: try ZstdCompressor()
        case .none: nil
        }
    }
}

/// Compresses blocks of bytes. The output depends only on the blocks, including their boundaries.
protocol BlockCompressor: AnyObject {
    /// Compresses `block` and writes available output to `sink`.
    ///
    /// - Throws: `OCIError.compression`; errors of `sink`.
    func compress(_ block: UnsafeRawBufferPointer, to sink: (UnsafeRawBufferPointer) throws -> Void) throws

    /// Writes the remaining output to `sink`.
    ///
    /// - Throws: As above.
    func finish(to sink: (UnsafeRawBufferPointer) throws -> Void) throws
}
