// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct ImageTests {
    @Test func composeFillsInTheLayers() throws {
        let scratch = try Scratch()
        let layers = [try Samples.layer(scratch.store), try Samples.layer(scratch.store, filler: 9)]
        let configuration = ImageConfiguration(created: Samples.created, platform: .amd64)
        let image = try Image.compose(layers: layers, configuration: configuration, into: scratch.store)
        #expect(image.configuration.rootfs.diffIDs == layers.map(\.diffID))
        #expect(image.layers == layers && image.manifest.annotations == nil)
        #expect(try Image.load(image.digest, from: scratch.store) == image)
        try image.check(in: scratch.store)
    }

    @Test func composeRefuses() throws {
        let scratch = try Scratch()
        let layer = try Samples.layer(scratch.store)
        #expect(throws: OCIError.layerCount(layers: 2, configured: 1)) {
            try Image.compose(layers: [layer, layer], configuration: Samples.configuration(), into: scratch.store)
        }
        unlink(scratch.store.path(of: layer.descriptor.digest).string)
        #expect(throws: OCIError.missingBlob(layer.descriptor.digest, in: scratch.store.root)) {
            try Image.compose(layers: [layer], configuration: Samples.configuration(), into: scratch.store)
        }
    }

    @Test func checkFindsDamage() throws {
        let scratch = try Scratch()
        let image = try Samples.image(scratch.store)
        let layer = image.manifest.layers[0]
        try Files.write([UInt8](repeating: 0, count: Int(layer.size)), to: scratch.store.path(of: layer.digest))
        #expect(throws: OCIError.corruptBlob(layer.digest, in: scratch.store.root)) {
            try image.check(in: scratch.store)
        }
    }

    /// Replacements of valid text in the manifest by invalid text.
    static let wrongManifests: [(String, String)] = [
        (#""schemaVersion":2"#, #""schemaVersion":1"#), (#""schemaVersion":2"#, #""schemaVersion":"2""#),
        (#""schemaVersion":2"#, #""schemaVersion":2,"schemaVersion":2"#), (#"image.config.v1"#, "image.manifest.v1"),
        (#"tar+gzip"#, "tar+lzma"), ("image.layer.v1.tar+gzip", "image.config.v1+json"),
        (#"image.manifest.v1+json","schema"#, #"image.index.v1+json","schema"#), ("sha256:", "sha512:"),
        (#""size":"#, #""size":-"#), (#""size":"#, #""length":"#), (#""layers":["#, #""layers":[null,"#),
        (#""annotations":{"#, #""annotations":{"k":1,"#), (#""layers":["#, #""layers":[],"other":["#),
    ]

    @Test(arguments: wrongManifests) func loadRefuses(_ right: String, _ wrong: String) throws {
        let scratch = try Scratch()
        let text = String(decoding: try CanonicalJSON.encode(Samples.image(scratch.store).manifest), as: UTF8.self)
        #expect(text.contains(right))
        let digest = try scratch.store.insert(Array(text.replacing(right, with: wrong).utf8))
        let error = #expect(throws: OCIError.self) { try Image.load(digest, from: scratch.store) }
        #expect(error?.sentence.isEmpty == false)
    }

    @Test func loadRefusesWhatIsNotThereOrNotItself() throws {
        let scratch = try Scratch()
        let digest = Digest(of: [1])
        #expect(throws: OCIError.missingBlob(digest, in: scratch.store.root)) {
            try Image.load(digest, from: scratch.store)
        }
        try Files.write(Array("{}".utf8), to: scratch.store.path(of: digest))
        #expect(throws: OCIError.corruptBlob(digest, in: scratch.store.root)) {
            try Image.load(digest, from: scratch.store)
        }
    }

    @Test("An image without a creation time (image-spec, config.md: `created` is optional)")
    func withoutDate() throws {
        let scratch = try Scratch()
        let text = #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#
        let config = Descriptor(
            mediaType: .config, digest: try scratch.store.insert(Array(text.utf8)), size: UInt64(text.utf8.count))
        let manifest = try CanonicalJSON.encode(ImageManifest(config: config, layers: []))
        let image = try Image.load(scratch.store.insert(manifest), from: scratch.store)
        #expect(image.configuration.created == nil)
        #expect(try !String(decoding: CanonicalJSON.encode(image.configuration), as: UTF8.self).contains("created"))
    }

    /// The format of Docker and buildah: nulls, unknown fields, and without any optional field.
    @Test func readsWhatOthersWrite() throws {
        let scratch = try Scratch()
        let text =
            #"{"created":"2025-01-31T12:00:00.5+01:00","architecture":"arm64","variant":"v8","os":"linux","author":"x","#
            + #""config":{"Env":null,"Entrypoint":null,"ArgsEscaped":true,"ExposedPorts":{"2/udp":{},"1/tcp":{}},"#
            + #""Labels":null,"OnBuild":null},"rootfs":{"type":"layers","diff_ids":[]},"history":null}"#
        let config = Descriptor(
            mediaType: .config, digest: try scratch.store.insert(Array(text.utf8)), size: UInt64(text.utf8.count))
        let manifest = try CanonicalJSON.encode(ImageManifest(config: config, layers: []))
        let image = try Image.load(scratch.store.insert(manifest), from: scratch.store)
        #expect(image.platform == .arm64 && image.configuration.config.exposedPorts == ["1/tcp", "2/udp"])
        #expect(image.configuration.config.env.isEmpty && image.configuration.history.isEmpty)
    }
}
