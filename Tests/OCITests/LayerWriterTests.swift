// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct LayerWriterTests {
    /// Compressible bytes, deterministic for a count.
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: 42)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next() & 31) }
    }

    static func write(
        _ bytes: [UInt8], chunks: [Int], to store: Store, _ compression: LayerCompression = .gzip
    ) throws -> Layer {
        let writer = try LayerWriter(store: store, compression: compression)
        var rest = bytes[...]
        var turn = 0
        while !rest.isEmpty {
            try Array(rest.prefix(chunks[turn % chunks.count])).withUnsafeBytes { try writer.write($0) }
            rest = rest.dropFirst(chunks[turn % chunks.count])
            turn += 1
        }
        #expect(writer.size == UInt64(bytes.count))
        return try writer.commit()
    }

    /// Determined by the block size, the level and libdeflate 1.14; a new digest here changes the digest of every
    /// image.
    @Test func digestIsGolden() throws {
        let scratch = try Scratch()
        let layer = try Samples.layer(scratch.store)
        #expect(layer.diffID.hex == "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef")
        #expect(layer.descriptor.digest.hex == "06ae4b1b2dae03cb12684d0259ec2396398d1ecd3bca5f90a47d4fdf194242ca")
        #expect(layer.descriptor.mediaType == .layerGzip && layer.descriptor.size == 28)
        let large = try Self.write(Self.bytes(3 << 20), chunks: [1 << 16], to: scratch.store)
        #expect(large.descriptor.digest.hex == "b9044696415ab3ab10e11df2ec7af513514db502247773fa832098276076d4da")
    }

    /// Determined by the block size, the parameters of `ZstdCompressor` and libzstd 1.5.4.
    @Test func zstdDigestIsGolden() throws {
        let scratch = try Scratch()
        let large = try Self.write(Self.bytes(3 << 20), chunks: [1 << 16], to: scratch.store, .zstd)
        #expect(large.descriptor.mediaType == .layerZstd)
        #expect(large.descriptor.digest.hex == "829862db05d6c399bac626a97d0cc6d188733e8f25bf3fff8887b01aa16bed77")
    }

    static let block = LayerWriter.blockSize
    static let sizes = [0, 1, 1024, block - 1, block, block + 1, 2 * block, 2 * block + 12_345]

    @Test(arguments: sizes) func gzipAcceptsItAndGivesTheTarBack(_ size: Int) throws {
        let scratch = try Scratch()
        let bytes = Self.bytes(size)
        let layer = try Self.write(bytes, chunks: [100_000], to: scratch.store)
        let blob = scratch.store.path(of: layer.descriptor.digest)
        #expect(try run(["gzip", "-t"], input: blob).status == 0)
        let sum = try run(["sh", "-c", "zcat | sha256sum"], input: blob).text
        #expect(sum.prefix(64) == layer.diffID.hex)
        #expect(layer.diffID == Digest(of: bytes))
        #expect(try Digest(of: scratch.store.read(layer.descriptor.digest)) == layer.descriptor.digest)
        #expect(scratch.store.contains(layer.descriptor.digest, size: layer.descriptor.size))
    }

    @Test(arguments: sizes) func zstdAcceptsItAndGivesTheTarBack(_ size: Int) throws {
        let scratch = try Scratch()
        let bytes = Self.bytes(size)
        let layer = try Self.write(bytes, chunks: [100_000], to: scratch.store, .zstd)
        let blob = try scratch.store.read(layer.descriptor.digest)
        // RFC 8878, 3.1.1: the magic number.
        #expect(blob.prefix(4) == [0x28, 0xB5, 0x2F, 0xFD])
        #expect(try Decompression.bytes(of: blob, limit: size + 1) == bytes)
        #expect(layer.diffID == Digest(of: bytes))
    }

    @Test(arguments: [LayerCompression.gzip, .zstd])
    func bytesDoNotDependOnHowTheyArrive(_ compression: LayerCompression) throws {
        let scratch = try Scratch()
        let bytes = Self.bytes(2 * Self.block + 12_345)
        let whole = try Self.write(bytes, chunks: [bytes.count], to: scratch.store, compression)
        for chunks in [
            [512], [1, 511, 70_000], [Self.block], [Self.block + 1], [Self.block - 1, 1], [3, 2 * Self.block],
        ] {
            #expect(try Self.write(bytes, chunks: chunks, to: scratch.store, compression) == whole)
        }
    }

    @Test func headerSaysNothing() throws {
        let scratch = try Scratch()
        let blob = try scratch.store.read(Samples.layer(scratch.store).descriptor.digest)
        // RFC 1952: magic, deflate, no flags, time 0, XFL 4 "fastest", OS 255 "unknown".
        #expect(blob.prefix(10) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255])
    }

    @Test func plainLayerIsTheTar() throws {
        let scratch = try Scratch()
        let bytes = Self.bytes(Self.block + 7)
        let layer = try Self.write(bytes, chunks: [999], to: scratch.store, .none)
        #expect(layer.descriptor.digest == layer.diffID && layer.descriptor.mediaType == .layer)
        #expect(try scratch.store.read(layer.diffID) == bytes)
    }

    @Test func endsOnce() throws {
        let scratch = try Scratch()
        let writer = try LayerWriter(store: scratch.store)
        _ = try writer.commit()
        #expect(throws: OCIError.layerFinished) { try writer.commit() }
        #expect(throws: OCIError.layerFinished) { try [0].withUnsafeBytes { try writer.write($0) } }
    }

    @Test func abandonedWriterLeavesNothing() throws {
        let scratch = try Scratch()
        try [UInt8](repeating: 1, count: 10).withUnsafeBytes { try LayerWriter(store: scratch.store).write($0) }
        #expect(try Files.list(scratch.store.root.appending("tmp")).isEmpty)
        #expect(try Files.list(scratch.store.root.pushing(FilePath("blobs/sha256"))).isEmpty)
    }
}
