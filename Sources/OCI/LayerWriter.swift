// SPDX-License-Identifier: Apache-2.0

import Core

/// Writes the bytes of a layer's tar as a blob to the store.
///
/// The tar is compressed in blocks of `blockSize` bytes, with gzip as separate members, so that memory is bounded and
/// the blob does not depend on the chunking of the input. Not safe for concurrent use.
package final class LayerWriter {
    /// The size of a block in bytes. It determines the blob's bytes, like the compressors' levels.
    package static let blockSize = 1 << 20

    private let blob: BlobWriter
    private let compression: LayerCompression
    private let compressor: (any BlockCompressor)?
    private var hasher = DigestHasher()
    private var block: [UInt8] = []
    private var hasOutput = false
    private var finished = false
    /// The number of written bytes of the tar.
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

    /// Completes the layer and adds its blob to the store.
    ///
    /// - Throws: As `write(_:)`; the store is unchanged in that case.
    package func commit() throws -> Layer {
        guard !finished else { throw OCIError.layerFinished }
        // Empty input also gets a member: an empty file is not valid gzip.
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
