// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import SystemPackage
import TestSupport
import Testing

@Suite("A directory as a repository")
struct LayoutRepositoryTests {
    let scratch: Scratch
    let directory: FilePath
    let repository: LayoutRepository

    init() throws {
        scratch = try Scratch()
        directory = scratch.root.appending("layout")
        repository = LayoutRepository(root: directory, name: "registry.example/team/image")
    }

    private func index() throws -> JSONValue {
        try JSONValue(parsing: Files.read(directory.appending("index.json"), limit: 1 << 20))
    }

    @Test("An absent layout is empty")
    func empty() async throws {
        #expect(try await repository.digest(ofTag: "1.0") == nil)
        #expect(try await repository.manifest(.tag("1.0")) == nil)
        #expect(try await repository.manifest(.digest(Digest(of: []))) == nil)
        #expect(try await repository.referrers(of: Digest(of: [])) == [])
        #expect(!Files.exists(directory), "reading creates nothing")
    }

    @Test("Pushed by digest, then named; repeating changes nothing")
    func pushAndTag() async throws {
        let image = try Samples.image(scratch.store)
        #expect(try await repository.push([image], from: scratch.store, progress: { _ in }) == image.digest)
        #expect(try ImageLayout(root: directory).tags() == [])
        let manifest = try #require(try await repository.manifest(.digest(image.digest)))
        #expect(manifest.digest == image.digest && manifest.mediaType == ManifestType.manifest)
        for tag in ["1.0", "latest", "1.0"] { try await repository.put(manifest: manifest, as: .tag(tag)) }
        let before = try index()
        #expect(before["manifests"]?.array?.count == 2)
        _ = try await repository.push([image], from: scratch.store, progress: { _ in })
        try await repository.put(manifest: manifest, as: .digest(image.digest))
        #expect(try index() == before)
        #expect(try await repository.digest(ofTag: "latest") == image.digest)
        #expect(try await repository.manifest(.tag("1.0")) == manifest)
        #expect(try ImageLayout(root: directory).image(tag: "1.0", platform: .amd64) == image)
        try ImageLayout(root: directory).check()
    }

    @Test("Several images become an index")
    func severalPlatforms() async throws {
        let images = [try Samples.image(scratch.store, .arm64), try Samples.image(scratch.store)]
        let digest = try await repository.push(images, from: scratch.store, progress: { _ in })
        let index = try #require(try await repository.manifest(.digest(digest)))
        #expect(index.mediaType == ManifestType.index)
        try await repository.put(manifest: index, as: .tag("1.0"))
        #expect(try ImageLayout(root: directory).images(tag: "1.0") == images.reversed())
    }

    @Test("A tag moves, and only that one")
    func tagMoves() async throws {
        let images = try (0...1).map { try Samples.image(scratch.store, filler: $0) }
        for image in images {
            let digest = try await repository.push([image], from: scratch.store, progress: { _ in })
            let manifest = try #require(try await repository.manifest(.digest(digest)))
            if image == images[0] { try await repository.put(manifest: manifest, as: .tag("1.0")) }
            try await repository.put(manifest: manifest, as: .tag("latest"))
        }
        #expect(try await repository.digest(ofTag: "1.0") == images[0].digest)
        #expect(try await repository.digest(ofTag: "latest") == images[1].digest)
        #expect(try index()["manifests"]?.array?.count == 2)
    }

    @Test("Foreign artifacts are kept and found, in any order of arrival, each once")
    func referrers() async throws {
        let subject = Digest(of: Array("subject".utf8))
        let notes = ["a", "b", "c"].map { Samples.artifact(about: subject, note: $0) }
        #expect(try await repository.put(blob: Samples.empty) == Digest(of: Samples.empty))
        try await repository.attach([notes[1]], to: subject)
        try await repository.attach([notes[2], notes[0], notes[1]], to: subject)
        try await repository.attach(notes, to: subject)
        #expect(try await repository.referrers(of: subject) == notes.map(\.digest).sorted())
        for note in notes { #expect(try await repository.manifest(.digest(note.digest)) == note) }
        #expect(try await repository.blob(Digest(of: Samples.empty), limit: 2) == Samples.empty)
        let fallback = try #require(try await repository.manifest(.tag("sha256-\(subject.hex)")))
        let entries = try #require(try JSONValue(parsing: fallback.bytes)["manifests"]?.array)
        #expect(entries.count == 3)
        #expect(entries[0]["artifactType"]?.string == "application/vnd.example.note.v1")
        #expect(entries[0]["annotations"] == .object(["note": .string("b")]))
        try ImageLayout(root: directory).check()
        #expect(try ImageLayout(root: directory).unreachableBlobs().count == 1, "the index of the first attach")
    }

    @Test("Another tool's tag is not overwritten")
    func foreignTag() async throws {
        let subject = Digest(of: Array("subject".utf8))
        let note = Samples.artifact(about: subject, note: "a")
        _ = try await repository.put(blob: Samples.empty)
        try await repository.put(manifest: note, as: .tag("sha256-\(subject.hex)"))
        let before = try index()
        await #expect(throws: RegistryError.self) { try await repository.attach([note], to: subject) }
        await #expect(throws: RegistryError.self) { try await repository.referrers(of: subject) }
        #expect(try index() == before)
    }

    @Test("A digest mismatch is refused")
    func corrupt() async throws {
        let digest = try await repository.put(blob: Array("right".utf8))
        try Files.write(Array("wrong".utf8), to: directory.pushing(FilePath("blobs/sha256/\(digest.hex)")))
        await #expect(throws: OCIError.corruptBlob(digest, in: directory)) {
            try await repository.blob(digest, limit: 100)
        }
        await #expect(
            throws: FileError("read", directory.pushing(FilePath("blobs/sha256/\(digest.hex)")), .fileTooLarge)
        ) { try await repository.blob(digest, limit: 4) }
        let missing = Digest(of: [])
        await #expect(throws: OCIError.missingBlob(missing, in: directory)) {
            try await repository.blob(missing, limit: 4)
        }
    }

    @Test("A manifest is stored under its own digest only")
    func wrongDigest() async throws {
        let note = Samples.artifact(about: Digest(of: []), note: "a")
        await #expect(throws: StoreError.self) {
            try await repository.put(manifest: note, as: .digest(Digest(of: [])))
        }
    }

    @Test(
        "A document that is no manifest, or two kinds at once, is refused",
        arguments: [
            "[]", "{", #"{"schemaVersion":1,"layers":[]}"#, #"{"schemaVersion":2}"#,
            #"{"schemaVersion":2,"layers":[],"manifests":[]}"#,
            #"{"schemaVersion":2,"config":{},"layers":[],"config":{}}"#,
            #"{"schemaVersion":2,"layers":[],"mediaType":"application/vnd.oci.image.index.v1+json"}"#,
            #"{"schemaVersion":2,"layers":[],"mediaType":"application/vnd.docker.distribution.manifest.v2+json"}"#,
            #"{"schemaVersion":2,"layers":[],"mediaType":"text/html"}"#,
        ])
    func confusion(text: String) async throws {
        let manifest = StoredManifest(mediaType: ManifestType.manifest, bytes: Array(text.utf8))
        try await repository.put(manifest: manifest, as: .tag("t"))
        await #expect(throws: RegistryError.self) { try await repository.manifest(.tag("t")) }
    }
}
