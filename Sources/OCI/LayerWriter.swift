// SPDX-License-Identifier: Apache-2.0

import Core

/// Turns the bytes of a layer's tar into a blob of the store.
///
/// It is compressed in blocks of `blockSize` bytes, in gzip each a member of its own, so memory is bounded and the blob
/// does not depend on how the bytes arrive. Not for two tasks at once.
package final class LayerWriter {
    /// Bytes of tar in each block. Part of what fixes the blob's bytes, as the compressors' levels are.
    package static let blockSize = 1 << 20

    private let blob: BlobWriter
    private let compression: LayerCompression
    private let compressor: (any BlockCompressor)?
    private var hasher = DigestHasher()
    private var block: [UInt8] = []
    private var hasOutput = false
    private var finished = false
    /// How many bytes of tar were written.
    package private(set) var size: UInt64 = 0

    /// Begins a layer in `store`.
    ///
    /// - Throws: `FileError`, `OCIError.compression`.
    package init(store: Store, compression: LayerCompression = .gzip) throws {
        self.compression = compression
        compressor = try compression.compressor(inputLimit: Self.blockSize)
        blob = try BlobWriter(store: store)
        block.reserveCapacity(Self.blockSize)
    }

    /// Adds `bytes` of the tar.
    ///
    /// - Throws: `FileError`, `OCIError.compression`, `OCIError.layerFinished`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard !finished else { throw OCIError.layerFinished }
        hasher.update(bytes)
        size += UInt64(bytes.count)
        var rest = bytes[...]
        while !rest.isEmpty {
            if block.isEmpty, rest.count >= Self.blockSize {
                try emit(UnsafeRawBufferPointer(rebasing: rest.prefix(Self.blockSize)))
                rest = rest.dropFirst(Self.blockSize)
            } else {
                let part = rest.prefix(Self.blockSize - block.count)
                block.append(contentsOf: part)
                rest = rest.dropFirst(part.count)
                if block.count == Self.blockSize { try emitBlock() }
            }
        }
    }

    /// Ends the layer and puts its blob into the store.
    ///
    /// - Throws: As `write(_:)`; the store is then as it was.
    package func commit() throws -> Layer {
        guard !finished else { throw OCIError.layerFinished }
        // No bytes at all are a member too: an empty file is no gzip.
        if !block.isEmpty || !hasOutput { try emitBlock() }
        try compressor?.finish(to: blob.write)
        finished = true
        let digest = try blob.commit()
        let descriptor = Descriptor(mediaType: compression.mediaType, digest: digest, size: blob.size)
        return Layer(descriptor: descriptor, diffID: hasher.finalize())
    }

    private func emitBlock() throws {
        try block.withUnsafeBytes { try emit($0) }
        block.removeAll(keepingCapacity: true)
    }

    private func emit(_ bytes: UnsafeRawBufferPointer) throws {
        hasOutput = true
        guard let compressor else { return try blob.write(bytes) }
        try compressor.compress(bytes, to: blob.write)
    }
}
