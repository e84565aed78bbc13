// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct DockerArchiveTests {
    private func bytes(_ image: Image, _ names: [String], _ store: Store, created: Int64 = 0) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try DockerArchive.write(image, references: names.map { try ImageReference($0) }, from: store, created: created)
        {
            bytes.append(contentsOf: $0)
        }
        return bytes
    }

    @Test func sameImageSameBytes() throws {
        let (one, two) = (try Scratch(), try Scratch())
        let first = try bytes(Samples.image(one.store), ["x", "y:2"], one.store, created: 1_700_000_000)
        #expect(try bytes(Samples.image(two.store), ["x", "y:2"], two.store, created: 1_700_000_000) == first)
        #expect(try bytes(Samples.image(two.store), ["x"], two.store, created: 1_700_000_000) != first)
    }

    @Test func manifestIsGolden() throws {
        let scratch = try Scratch()
        let image = try Samples.image(scratch.store)
        let file = scratch.root.appending("archive.tar")
        try Files.write(bytes(image, ["docker.io/library/x", "example.org/y:2"], scratch.store), to: file)
        let blob = "blobs/sha256/"
        #expect(
            try run(["tar", "-xOf", file.string, "manifest.json"]).text
                == #"[{"Config":"\#(blob)\#(image.manifest.config.digest.hex)","#
                + #""Layers":["\#(blob)\#(image.manifest.layers[0].digest.hex)"],"#
                + #""RepoTags":["x:latest","example.org/y:2"]}]"#)
        let index = try JSONValue(parsing: run(["tar", "-xOf", file.string, "index.json"]).output)
        let names = index["manifests"]?.array?.map { $0["annotations"]?["io.containerd.image.name"]?.string }
        #expect(names == ["docker.io/library/x:latest", "example.org/y:2"])
        #expect(try run(["tar", "-tf", file.string]).text.split(separator: "\n").count == 8)
    }

    @Test func imageWithoutANameIsStillListed() throws {
        let scratch = try Scratch()
        let file = scratch.root.appending("archive.tar")
        try Files.write(bytes(Samples.image(scratch.store), [], scratch.store), to: file)
        let index = try JSONValue(parsing: run(["tar", "-xOf", file.string, "index.json"]).output)
        #expect(index["manifests"]?.array?.count == 1)
    }

    @Test func aBlobUsedTwiceIsThereOnce() throws {
        let scratch = try Scratch()
        let layer = try Samples.layer(scratch.store)
        let configuration = ImageConfiguration(created: Samples.created, platform: .amd64)
        let image = try Image.compose(layers: [layer, layer], configuration: configuration, into: scratch.store)
        let file = scratch.root.appending("archive.tar")
        try Files.write(bytes(image, ["x"], scratch.store), to: file)
        #expect(try run(["tar", "-tf", file.string]).text.split(separator: "\n").count == 8)
    }

    @Test func refuses() throws {
        let scratch = try Scratch()
        let image = try Samples.image(scratch.store)
        let pinned = "x@\(image.digest)"
        #expect(throws: OCIError.digestInName(pinned)) { try bytes(image, [pinned], scratch.store) }
        let layer = image.manifest.layers[0]
        try Files.write([UInt8](repeating: 0, count: Int(layer.size)), to: scratch.store.path(of: layer.digest))
        #expect(throws: OCIError.corruptBlob(layer.digest, in: scratch.store.root)) {
            try bytes(image, ["x"], scratch.store)
        }
    }
}
