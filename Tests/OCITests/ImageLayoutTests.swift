// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct ImageLayoutTests {
    private func layout(_ scratch: Scratch) -> ImageLayout { ImageLayout(root: scratch.root.appending("layout")) }

    private func index(_ layout: ImageLayout) throws -> String {
        String(decoding: try Files.read(layout.root.appending("index.json"), limit: 1 << 20), as: UTF8.self)
    }

    @Test func publishingTwiceChangesNothing() throws {
        let scratch = try Scratch()
        let layout = layout(scratch)
        let image = try Samples.image(scratch.store)
        #expect(try layout.publish([image], tags: ["1.0", "latest", "1.0"], from: scratch.store) == image.digest)
        let before = try index(layout)
        let blobs = try Files.list(layout.root.pushing(FilePath("blobs/sha256")))
        #expect(blobs == image.blobs.map(\.digest.hex).sorted())
        try layout.publish([image], tags: ["latest", "1.0"], from: scratch.store)
        #expect(try index(layout) == before)
        #expect(try Files.list(layout.root) == ["blobs", "index.json", "oci-layout"])
        #expect(try layout.tags() == ["1.0", "latest"])
        try layout.check()
    }

    @Test func indexIsGolden() throws {
        let scratch = try Scratch()
        let layout = layout(scratch)
        let image = try Samples.image(scratch.store)
        try layout.publish([image], tags: ["t"], from: scratch.store)
        let entry =
            #"{"annotations":{"org.opencontainers.image.ref.name":"t"},"digest":"\#(image.digest)","#
            + #""mediaType":"application/vnd.oci.image.manifest.v1+json","#
            + #""platform":{"architecture":"amd64","os":"linux"},"size":\#(image.descriptor.size)}"#
        let mediaType = "application/vnd.oci.image.index.v1+json"
        #expect(try index(layout) == #"{"manifests":[\#(entry)],"mediaType":"\#(mediaType)","schemaVersion":2}"#)
        let marker = try Files.read(layout.root.appending("oci-layout"), limit: 100)
        #expect(String(decoding: marker, as: UTF8.self) == #"{"imageLayoutVersion":"1.0.0"}"#)
        #expect(image.digest.hex == "dc9eed34f583db0398f0e16b495a6e318b48dd090ea62a2f7864dea1495bc26f")
    }

    @Test func tagMoves() throws {
        let scratch = try Scratch()
        let layout = layout(scratch)
        let (old, new) = (try Samples.image(scratch.store), try Samples.image(scratch.store, filler: 1))
        try layout.publish([old], tags: ["a", "b"], from: scratch.store)
        try layout.publish([new], tags: ["b"], from: scratch.store)
        #expect(try layout.resolve(tag: "a").digest == old.digest)
        #expect(try layout.resolve(tag: "b").digest == new.digest)
        #expect(try layout.image(tag: "b", platform: .amd64) == new)
    }

    @Test func severalPlatformsMakeAnIndex() throws {
        let scratch = try Scratch()
        let layout = layout(scratch)
        let images = [try Samples.image(scratch.store, .arm64), try Samples.image(scratch.store, .amd64)]
        let digest = try layout.publish(images, tags: ["t"], from: scratch.store)
        #expect(try layout.publish(images.reversed(), tags: ["t"], from: scratch.store) == digest)
        #expect(try layout.resolve(tag: "t").mediaType == .index)
        #expect(try layout.images(tag: "t") == images.reversed())
        #expect(try layout.image(tag: "t", platform: .arm64) == images[0])
        #expect(throws: OCIError.missingPlatform(try Platform("linux/arm64/v9"), tag: "t")) {
            try layout.image(tag: "t", platform: Platform("linux/arm64/v9"))
        }
        try layout.check()
        #expect(throws: OCIError.duplicatePlatform(.arm64)) {
            try layout.publish([images[0], images[0]], tags: ["t"], from: scratch.store)
        }
        #expect(throws: OCIError.noImages) { try layout.publish([], tags: ["t"], from: scratch.store) }
    }

    @Test func withoutTagsAnEntryHasNoName() throws {
        let scratch = try Scratch()
        let layout = layout(scratch)
        let image = try Samples.image(scratch.store)
        try layout.publish([image], tags: [], from: scratch.store)
        let before = try index(layout)
        try layout.publish([image], tags: [], from: scratch.store)
        #expect(try index(layout) == before && !before.contains("ref.name") && before.contains(image.digest.hex))
        #expect(throws: OCIError.unknownTag("t", among: [], in: layout.root)) { try layout.resolve(tag: "t") }
    }

    @Test(arguments: ["", "a b", "-a", "a/", "a---b", "a__b", "é", "a\n"]) func refusesTag(_ tag: String) throws {
        let scratch = try Scratch()
        let image = try Samples.image(scratch.store)
        #expect(throws: OCIError.invalidTag(tag)) {
            try layout(scratch).publish([image], tags: ["ok", tag], from: scratch.store)
        }
        #expect(!Files.exists(layout(scratch).root))
    }

    @Test func blobsAreLinksAndSurviveDamage() throws {
        let scratch = try Scratch()
        let layout = layout(scratch)
        let image = try Samples.image(scratch.store)
        try layout.publish([image], tags: ["t"], from: scratch.store)
        let layer = image.manifest.layers[0].digest
        let path = layout.root.pushing(FilePath("blobs/sha256/\(layer.hex)"))
        var (here, there) = (stat(), stat())
        #expect(stat(path.string, &here) == 0 && stat(scratch.store.path(of: layer).string, &there) == 0)
        #expect(here.st_ino == there.st_ino)
        // A blob with a wrong length is fixed, one with wrong bytes is detected.
        try Files.write([1, 2, 3], to: path)
        #expect(throws: OCIError.missingBlob(layer, in: layout.root)) { try layout.check() }
        try layout.publish([image], tags: ["t"], from: scratch.store)
        try layout.check()
        var bytes = try Files.read(path, limit: 1 << 20)
        bytes[20] ^= 1
        try Files.write(bytes, to: path)
        #expect(throws: OCIError.corruptBlob(layer, in: layout.root)) { try layout.check() }
        unlink(path.string)
        #expect(throws: OCIError.missingBlob(layer, in: layout.root)) { try layout.check() }
    }

    /// `/dev/shm` is on another file system than the temporary directory, so that hard links are impossible.
    @Test(.enabled(if: Files.exists("/dev/shm"))) func copiesAcrossFileSystems() throws {
        let scratch = try Scratch()
        let layout = ImageLayout(root: FilePath("/dev/shm").appending("oci-\(Files.uniqueSuffix())"))
        defer { try? Files.removeTree(layout.root) }
        let image = try Samples.image(scratch.store)
        try layout.publish([image], tags: ["t"], from: scratch.store)
        try layout.check()
        #expect(try Files.list(layout.root.pushing(FilePath("blobs/sha256"))).count == 3)
    }

    @Test func whatOthersWroteIsKept() throws {
        let scratch = try Scratch()
        let layout = layout(scratch)
        let foreign = try Samples.layer(scratch.store).descriptor
        let entry =
            #"{"mediaType":"text/plain","digest":"\#(foreign.digest)","size":\#(foreign.size),"#
            + #""platform":{"os":"unknown","architecture":"unknown"},"x":[1]}"#
        try Files.makeDirectories(layout.root)
        try Files.write(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), to: layout.root.appending("oci-layout"))
        let text = #"{"schemaVersion":2,"manifests":[\#(entry)],"annotations":{"k":"v"}}"#
        try Files.write(Array(text.utf8), to: layout.root.appending("index.json"))
        let image = try Samples.image(scratch.store)
        try layout.publish([image], tags: ["t"], from: scratch.store)
        #expect(try index(layout).contains(#""x":[1]}"#))
        #expect(try index(layout).contains(#""annotations":{"k":"v"}"#))
        try layout.check()
    }

    @Test func aDirectoryOfOtherThingsStaysAsItIs() throws {
        let scratch = try Scratch()
        let layout = layout(scratch)
        let image = try Samples.image(scratch.store)
        try Files.makeDirectories(layout.root.appending("blobs"))
        try Files.write([1], to: layout.root.appending("notes"))
        #expect(throws: OCIError.notALayout(layout.root)) {
            try layout.publish([image], tags: ["t"], from: scratch.store)
        }
        #expect(try Files.list(layout.root) == ["blobs", "notes"])
        try Files.removeTree(layout.root.appending("notes"))
        try layout.publish([image], tags: ["t"], from: scratch.store)
        try layout.check()
    }

    static let broken: [(String, String)] = [
        ("oci-layout", #"{"imageLayoutVersion":"2.0.0"}"#), ("oci-layout", ""), ("oci-layout", "[]"),
        ("index.json", ""), ("index.json", "[]"), ("index.json", #"{"schemaVersion":2}"#),
        ("index.json", #"{"schemaVersion":1,"manifests":[]}"#), ("index.json", #"{"schemaVersion":2,"manifests":{}}"#),
        ("index.json", #"{"schemaVersion":2,"manifests":[],"manifests":[]}"#),
    ]

    @Test(arguments: broken) func refusesABrokenDirectory(_ name: String, _ text: String) throws {
        let scratch = try Scratch()
        let layout = layout(scratch)
        let image = try Samples.image(scratch.store)
        try layout.publish([image], tags: ["t"], from: scratch.store)
        try Files.write(Array(text.utf8), to: layout.root.appending(name))
        #expect(throws: OCIError.self) { try layout.check() }
        #expect(throws: OCIError.self) { try layout.publish([image], tags: ["u"], from: scratch.store) }
        #expect(try Files.read(layout.root.appending(name), limit: 1 << 20) == Array(text.utf8))
    }
}
