// SPDX-License-Identifier: Apache-2.0

/// How a layer's blob is made from its tar.
package enum LayerCompression: String, Hashable, Sendable, CaseIterable {
    /// gzip (RFC 1952), which every registry and engine reads.
    case gzip
    /// Zstandard (RFC 8878): smaller, and not read by every engine (docs/engines.md).
    case zstd
    /// The tar as it is.
    case none

    /// The type of such a blob.
    package var mediaType: MediaType {
        switch self {
        case .gzip: .layerGzip
        case .zstd: .layerZstd
        case .none: .layer
        }
    }

    /// A new compressor for blocks of at most `inputLimit` bytes; `nil` where there is nothing to do.
    ///
    /// - Throws: `OCIError.compression` when there is no memory for it.
    func compressor(inputLimit: Int) throws -> (any BlockCompressor)? {
        switch self {
        case .gzip: try GzipCompressor(inputLimit: inputLimit)
        case .zstd: try ZstdCompressor()
        case .none: nil
        }
    }
}

/// Compresses blocks of bytes one after the other. What comes out depends on the blocks alone, also on where they are
/// cut.
protocol BlockCompressor: AnyObject {
    /// Takes `block` and gives `sink` what is ready.
    ///
    /// - Throws: `OCIError.compression`; what `sink` throws.
    func compress(_ block: UnsafeRawBufferPointer, to sink: (UnsafeRawBufferPointer) throws -> Void) throws

    /// Gives `sink` the rest.
    ///
    /// - Throws: As above.
    func finish(to sink: (UnsafeRawBufferPointer) throws -> Void) throws
}
