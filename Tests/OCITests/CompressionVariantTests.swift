// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite("An image with gzip and zstd variants")
struct CompressionVariantTests {
    let scratch: Scratch
    let layout: ImageLayout
    /// For amd64 and for arm64, each with zstd before gzip, which is not the order of an index.
    let images: [Image]

    init() throws {
        let scratch = try Scratch()
        self.scratch = scratch
        layout = ImageLayout(root: scratch.root.appending("layout"))
        images = try [Platform.arm64, .amd64].flatMap { platform in
            try [LayerCompression.zstd, .gzip].map { try Samples.image(scratch.store, platform, $0) }
        }
    }

    @Test("They differ only in their layers")
    func sameConfiguration() {
        #expect(images[0].manifest.config == images[1].manifest.config && images[0].digest != images[1].digest)
        #expect(images.map(\.isZstd) == [true, false, true, false])
    }

    @Test("An index lists gzip first and marks zstd like containers/image, regardless of the order of the images")
    func order() throws {
        let digest = try layout.publish(images, tags: ["t"], from: scratch.store)
        #expect(try layout.publish(images.reversed(), tags: ["t"], from: scratch.store) == digest)
        let bytes = try #require(try layout.bytes(of: digest, limit: 1 << 20))
        let entries = try JSONValue(parsing: bytes)["manifests"]?.array ?? []
        #expect(entries.map { $0["platform"]?["architecture"]?.string } == ["amd64", "amd64", "arm64", "arm64"])
        let marks = entries.map { $0["annotations"]?["io.github.containers.compression.zstd"]?.string }
        #expect(marks == [nil, "true", nil, "true"])
        try layout.check()
        let index = try #require(try TopManifest(parsing: bytes).index)
        #expect(index.preferred(for: .arm64)?.digest == images[0].digest, "our own programs take zstd")
        #expect(index.preferred(for: try Platform("linux/amd64/v3")) == nil)
    }

    @Test("The image of a platform is the gzip one by default; the only variant is used in any case")
    func chosen() throws {
        try layout.publish(images, tags: ["both"], from: scratch.store)
        try layout.publish([images[2]], tags: ["zstd"], from: scratch.store)
        #expect(try layout.image(tag: "both", platform: .amd64) == images[3])
        #expect(try layout.image(tag: "both", platform: .amd64, preferring: .zstd) == images[2])
        #expect(try layout.image(tag: "zstd", platform: .amd64) == images[2])
        #expect(try layout.resolve(tag: "zstd").mediaType == .manifest, "one image needs no index")
        #expect(throws: OCIError.duplicatePlatform(.amd64)) {
            try layout.publish([images[2], images[3], images[2]], tags: ["t"], from: scratch.store)
        }
    }

    @Test("An archive for docker load has zstd layers uncompressed, with the same configuration")
    func unpacked() throws {
        let file = scratch.root.appending("archive.tar")
        try Files.write(archive(of: images[2]), to: file)
        let layer = images[2].layers[0]
        let plain = try run(["tar", "-xOf", file.string, "blobs/sha256/\(layer.diffID.hex)"]).output
        #expect(Digest(of: Array(plain)) == layer.diffID)
        let list = try JSONValue(parsing: run(["tar", "-xOf", file.string, "manifest.json"]).output).array?.first
        #expect(list?["Config"]?.string == "blobs/sha256/\(images[3].manifest.config.digest.hex)")
        #expect(list?["Layers"]?.array == [.string("blobs/sha256/\(layer.diffID.hex)")])
        let index = try JSONValue(parsing: run(["tar", "-xOf", file.string, "index.json"]).output)
        let named = try #require(index["manifests"]?.array?.first?["digest"]?.string)
        #expect(try DockerArchive.manifest(of: images[2], from: scratch.store).description == named)
        #expect(try DockerArchive.manifest(of: images[3], from: scratch.store) == images[3].digest)
        let manifest = try run(["tar", "-xOf", file.string, "blobs/sha256/\(Digest(named).hex)"]).output
        #expect(Digest(of: Array(manifest)).description == named)
        #expect(
            try DockerArchive.read(file, platform: .amd64, unpackedTo: scratch.root.appending("read")).layers.count == 1
        )
    }

    @Test("An archive of a corrupt layer is refused")
    func damaged() throws {
        let layer = images[2].manifest.layers[0]
        let path = scratch.store.path(of: layer.digest)
        let bytes = try Files.read(path, limit: 1 << 20)
        let sound = try archive(of: images[2])
        // Any byte may be corrupted; some bytes of a zstd frame do not affect its contents.
        var refusals = 0
        for index in bytes.indices {
            var rotten = bytes
            rotten[index] ^= 0x55
            try Files.write(rotten, to: path)
            if let archive = try? archive(of: images[2]) { #expect(archive == sound) } else { refusals += 1 }
        }
        #expect(refusals > 0)
    }

    private func archive(of image: Image) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try DockerArchive.write(image, references: [ImageReference("x")], from: scratch.store, created: 0) {
            bytes.append(contentsOf: $0)
        }
        return bytes
    }
}

extension TopManifest {
    fileprivate var index: ImageIndex? { if case .index(let index) = self { index } else { nil } }
}
