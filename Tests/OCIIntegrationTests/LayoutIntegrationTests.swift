// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage
import Testing

/// Reads layouts with skopeo and umoci.
@Suite struct LayoutIntegrationTests {
    @Test func skopeoReadsTheSameImage() throws {
        let bench = try Workbench()
        let image = try bench.image()
        try bench.layout.publish([image], tags: ["1.0"], from: bench.store)
        let name = "oci:\(bench.layout.root):1.0"
        let seen = try Workbench.json(["skopeo", "inspect", name])
        #expect(seen["Digest"]?.string == image.digest.description)
        #expect(seen["Created"]?.string == "2025-01-31T12:00:00Z" && seen["Architecture"]?.string == "amd64")
        #expect(seen["Labels"]?["org.opencontainers.image.title"]?.string == "tïny")
        #expect(seen["Layers"]?.array?.map(\.string) == image.manifest.layers.map(\.digest.description))
        #expect(try Digest(of: Workbench.run(["skopeo", "inspect", "--raw", name])) == image.digest)
        let config = try Workbench.run(["skopeo", "inspect", "--config", "--raw", name])
        #expect(Digest(of: config) == image.manifest.config.digest)
    }

    /// skopeo verifies every blob's digest, and the diff IDs, while it copies.
    @Test func skopeoCopiesIt() throws {
        let bench = try Workbench()
        let image = try bench.image()
        try bench.layout.publish([image], tags: ["1.0"], from: bench.store)
        let archive = bench.root.appending("copied.tar")
        let name = "oci:\(bench.layout.root):1.0"
        try Workbench.run(["skopeo", "copy", "--insecure-policy", "-q", name, "docker-archive:\(archive):team/x:1"])
        let seen = try Workbench.json(["skopeo", "inspect", "docker-archive:\(archive)"])
        #expect(seen["Layers"]?.array?.map(\.string) == image.layers.map(\.diffID.description))
        let directory = bench.root.appending("copied")
        try Workbench.run([
            "skopeo", "copy", "--insecure-policy", "-q", "--preserve-digests", name, "oci:\(directory):copied",
        ])
        #expect(try ImageLayout(root: directory).image(tag: "copied", platform: .amd64) == image)
        try ImageLayout(root: directory).check()
    }

    @Test func skopeoChoosesThePlatform() throws {
        let bench = try Workbench()
        let images = [try bench.image(.amd64), try bench.image(.arm64)]
        try bench.layout.publish(images, tags: ["both"], from: bench.store)
        for image in images {
            let seen = try Workbench.json([
                "skopeo", "inspect", "--override-arch", image.platform.architecture, "--config",
                "oci:\(bench.layout.root):both",
            ])
            #expect(seen["architecture"]?.string == image.platform.architecture)
        }
    }

    @Test func umociUnpacksIt() throws {
        let bench = try Workbench()
        try bench.layout.publish([bench.image()], tags: ["1.0"], from: bench.store)
        let bundle = bench.root.appending("bundle")
        let name = "\(bench.layout.root):1.0"
        try Workbench.run(["umoci", "unpack", "--rootless", "--image", name, bundle.string])
        let files = bundle.pushing(FilePath("rootfs/opt"))
        #expect(try Files.list(files) == ["one", "two"])
        #expect(try Files.read(files.appending("one"), limit: 10) == Array("1\n".utf8))
        #expect(try Files.read(files.appending("two"), limit: 4 << 20) == [UInt8](repeating: 0x32, count: 3 << 20))
        let runtime = try Workbench.json(["cat", bundle.appending("config.json").string])
        #expect(runtime["process"]?["args"]?.array?.compactMap(\.string) == ["/bin/sh", "-c", "true"])
    }

    /// umoci omits the end marker of such a layer; Go's tar reader, and so every engine, accepts it.
    @Test func layersThatUmociInserts() throws {
        let bench = try Workbench()
        try bench.layout.publish([bench.image()], tags: ["1.0"], from: bench.store)
        let file = bench.root.appending("hello")
        try Files.write(Array("hello\n".utf8), to: file)
        try Workbench.run(["umoci", "insert", "--image", "\(bench.layout.root):1.0", file.string, "/opt/hello"])
        let layer = try #require(try bench.layout.stored(tag: "1.0", platform: .amd64).layers.last)
        let tree = bench.root.appending("tree")
        try LayerUnpacker.unpack(layer.file, into: tree, setsOwners: false)
        #expect(try Files.read(tree.pushing("opt/hello"), limit: 10) == Array("hello\n".utf8))
    }

    @Test func umociKnowsItsHistory() throws {
        let bench = try Workbench()
        let image = try bench.image()
        try bench.layout.publish([image], tags: ["1.0"], from: bench.store)
        let seen = try Workbench.json(["umoci", "stat", "--json", "--image", "\(bench.layout.root):1.0"])
        let history = try #require(seen["history"]?.array)
        #expect(history.map { $0["created_by"]?.string } == ["first", "second"])
        #expect(history.map { $0["layer"]?["digest"]?.string } == image.manifest.layers.map(\.digest.description))
        #expect(history.map { $0["diff_id"]?.string } == image.layers.map(\.diffID.description))
        // umoci can continue to work with the layout, and this program with umoci's result.
        try Workbench.run(["umoci", "tag", "--image", "\(bench.layout.root):1.0", "other"])
        #expect(try bench.layout.resolve(tag: "other").digest == image.digest)
        #expect(try bench.layout.publish([image], tags: ["2.0"], from: bench.store) == image.digest)
        #expect(try bench.layout.tags() == ["1.0", "2.0", "other"])
        try bench.layout.check()
    }
}
