// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage
import TestSupport
import Testing

/// Images of other programs, in a layout or an archive that is not trusted, for a store of their own.
@Suite struct ImageImportTests {
    private let scratch: Scratch
    private let target: Scratch
    private let image: Image
    private var layout: ImageLayout { ImageLayout(root: scratch.root.appending("layout")) }
    private var importing: ImageImport { ImageImport(into: target.store, platform: .amd64) }

    init() throws {
        (scratch, target) = (try Scratch(), try Scratch())
        image = try Samples.image(scratch.store)
    }

    private func archive(_ name: String = "image.tar") throws -> FilePath {
        let file = scratch.root.appending(name)
        var bytes: [UInt8] = []
        try DockerArchive.write(image, references: [], from: scratch.store, created: 0) {
            bytes.append(contentsOf: $0)
        }
        try Files.write(bytes, to: file)
        return file
    }

    @Test("A layout with one image, tagged or not", arguments: [["t"], [], ["a", "b"]])
    func layouts(_ tags: [String]) throws {
        try layout.publish([image], tags: tags, from: scratch.store)
        if tags.count > 1 {
            #expect(throws: OCIError.notOneImage(tags, in: layout.root)) { try importing.image(in: layout, tag: nil) }
        }
        let imported = try importing.image(in: layout, tag: tags.count > 1 ? "b" : nil)
        #expect(imported == image)
        for blob in image.blobs {
            let copy = try Files.status(of: target.store.path(of: blob.digest))
            #expect(copy.st_nlink == 1, "a link would let the layout's owner change the store")
        }
    }

    @Test("An archive with a layout")
    func layoutArchives() async throws {
        try layout.publish([image], tags: ["t"], from: scratch.store)
        let file = scratch.root.appending("layout.tar")
        try ShellLine.run("tar -C layout -cf layout.tar .", in: scratch.root)
        let imported = try await importing.image(inArchive: "a", key: nil) { file }
        #expect(
            imported.configuration == image.configuration && imported.layers.map(\.diffID) == image.layers.map(\.diffID)
        )
        let arm = ImageImport(into: target.store, platform: .arm64)
        await #expect(throws: OCIError.missingPlatform(.arm64, tag: "b")) {
            try await arm.image(inArchive: "b", key: Digest(of: [1])) { file }
        }
        try layout.publish([Samples.image(scratch.store)], tags: ["t", "u"], from: scratch.store)
        try ShellLine.run("tar -C layout -cf two.tar .; mkdir none; tar -C none -cf none.tar .", in: scratch.root)
        for (name, error) in [("two.tar", OCIError.severalImages("a")), ("none.tar", .notAnArchive("a"))] {
            await #expect(throws: error) {
                try await importing.image(inArchive: "a", key: nil) { scratch.root.appending(name) }
            }
        }
    }

    @Test("What is missing is said before anything is copied")
    func missing() throws {
        #expect(throws: FileError("read", layout.root, .noSuchFileOrDirectory)) {
            try importing.image(in: layout, tag: nil)
        }
        try Files.makeDirectories(layout.root)
        #expect(throws: OCIError.notALayout(layout.root)) { try importing.image(in: layout, tag: nil) }
        try layout.publish([image], tags: ["t"], from: scratch.store)
        #expect(throws: OCIError.unknownTag("u", among: ["t"], in: layout.root)) {
            try importing.image(in: layout, tag: "u")
        }
        let other = ImageImport(into: target.store, platform: .arm64)
        #expect(throws: OCIError.missingPlatform(.arm64, tag: "t")) { try other.image(in: layout, tag: "t") }
        #expect(try Files.list(target.store.root.pushing("blobs/sha256")).isEmpty)
    }

    @Test("A blob that does not match its digest is not kept", arguments: [0, 1, 2])
    func corrupt(_ blob: Int) throws {
        try layout.publish([image], tags: ["t"], from: scratch.store)
        let digest = image.blobs[blob].digest
        let file = layout.root.pushing("blobs/sha256").appending(digest.hex)
        var bytes = try Files.read(file, limit: 1 << 20)
        bytes[bytes.count / 2] ^= 1
        try Files.write(bytes, to: file)
        #expect(throws: OCIError.corruptBlob(digest, in: layout.root)) { try importing.image(in: layout, tag: "t") }
        #expect(!target.store.contains(digest))
    }

    @Test("An index with entries of unknown platforms, as BuildKit writes it")
    func attestations() throws {
        let unknown = JSONValue.object(["os": .string("unknown"), "architecture": .string("unknown")])
        try layout.publish([image], tags: ["t"], from: scratch.store)
        var entry: [String: JSONValue] = [
            "mediaType": .string(MediaType.manifest.rawValue), "digest": .string("\(Digest(of: [7]))"),
            "size": .integer(7), "platform": unknown,
        ]
        let attestation = JSONValue.object(entry)
        (entry["digest"], entry["platform"]) = (.string("\(image.digest)"), nil)
        entry["size"] = .integer(Int64(image.descriptor.size))
        let index = JSONValue.object([
            "schemaVersion": .integer(2), "mediaType": .string(MediaType.index.rawValue),
            "manifests": .array([attestation, .object(entry)]),
        ]).canonical()
        let digest = try layout.insert(index)
        try layout.name(
            LayoutEntry(mediaType: MediaType.index.rawValue, digest: digest, size: UInt64(index.count)), tag: "t")
        #expect(try importing.image(in: layout, tag: nil) == image)
    }

    @Test("An archive is read once: then its digest, or the caller's key, names the image", arguments: [true, false])
    func archives(_ hasKey: Bool) async throws {
        let file = try archive()
        let key = hasKey ? Digest(of: [1]) : nil
        let first = try await importing.image(inArchive: "a", key: key) { file }
        #expect(first.configuration == image.configuration)
        #expect(first.manifest.config.digest == image.manifest.config.digest, "the configuration is unchanged")
        // The copy of the archive is not kept.
        #expect(try Files.list(target.store.root.pushing("blobs/sha256")).count == first.blobs.count)
        #expect(try Files.list(target.store.root.appending("tmp")).isEmpty)
        let again = try await importing.image(inArchive: "a", key: key) {
            if hasKey { Issue.record("the archive is read again") }
            return file
        }
        #expect(again == first)
        // An incomplete image is imported anew.
        try Files.removeTree(target.store.path(of: first.manifest.layers[0].digest))
        #expect(try await importing.image(inArchive: "a", key: key) { file } == first)
        let other = ImageImport(into: target.store, platform: .arm64)
        await #expect(throws: OCIError.missingPlatform(.arm64, tag: "a")) {
            try await other.image(inArchive: "a", key: key) { file }
        }
    }

    @Test(
        "An archive leads nowhere else, and lies about nothing",
        arguments: [
            (#"[{"Config":"link","Layers":[]}]"#, "'link' is not a file in it."),
            (#"[{"Config":"directory/file","Layers":[]}]"#, "'directory/file' is not a file in it."),
            (#"[{"Config":"config","Layers":["link"]}]"#, "layers, but its configuration has"),
            (#"[{"Config":"../config","Layers":[]}]"#, "has a '..' component"),
            (#"[{"Config":"/config","Layers":[]}]"#, "is absolute"),
            (#"[{"Config":"config","Layers":[]},{"Config":"config","Layers":[]}]"#, "There are several images in 'a'."),
            ("[]", "it names no image"), ("{", "Cannot use the manifest.json of a"),
        ])
    func hostile(_ manifest: String, _ expected: String) async throws {
        let files = scratch.root.appending("files")
        try Files.makeDirectories(files)
        let configuration = #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#
        try Files.write(Array(configuration.utf8), to: files.appending("config"))
        try Files.write(Array(configuration.utf8), to: scratch.root.appending("file"))
        try Files.write(Array(manifest.utf8), to: files.appending("manifest.json"))
        _ = try run(["ln", "-s", "\(scratch.root)/file", files.appending("link").string])
        _ = try run(["ln", "-s", "\(scratch.root)", files.appending("directory").string])
        let file = scratch.root.appending("hostile.tar")
        _ = try run(["tar", "-C", files.string, "-cf", file.string, "manifest.json", "config", "link", "directory"])
        do {
            _ = try await importing.image(inArchive: "a", key: nil) { file }
            Issue.record("it is imported")
        } catch let error as any UserFacingError { #expect(error.sentence.contains(expected), "\(error.sentence)") }
        #expect(try Files.list(target.store.root.pushing("blobs/sha256")).isEmpty)
    }

    @Test("A directory, a FIFO and a device are no archives", arguments: ["directory", "fifo", "/dev/zero"])
    func special(_ name: String) async throws {
        try Files.makeDirectories(scratch.root.appending("directory"))
        _ = try run(["mkfifo", scratch.root.appending("fifo").string])
        let file = name.hasPrefix("/") ? FilePath(name) : scratch.root.appending(name)
        await #expect(throws: FileError("read", file, .invalidArgument)) {
            try await importing.image(inArchive: "a", key: nil) { file }
        }
    }

    @Test(
        "The notation of files",
        arguments: [
            ("oci:dir", ImageFile.layout("dir", tag: nil)), ("oci:/a/b:c:1", .layout("/a/b", tag: "c:1")),
            ("docker-archive:a.tar", .archive("a.tar")), ("oci-archive:a.tar", .archive("a.tar")),
            ("oci-archive:", nil),
            ("oci:", nil), ("oci::x", nil), ("docker-archive:", nil),
            ("name:tag", nil), ("docker-daemon:x", nil),
        ] as [(String, ImageFile?)])
    func notation(_ text: String, _ expected: ImageFile?) { #expect(ImageFile(text) == expected) }
}
