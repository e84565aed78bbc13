// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import SystemPackage
import TestSupport
import Testing

/// A malicious registry is refused with one error, and nothing of it is kept.
@Suite("Faults of a registry during a pull")
struct PullFaultTests {
    private func refused(_ fault: String) async throws -> (any Error)? {
        let registry = try FakeRegistry(fault)
        let image = try Samples.image(registry.store)
        let repository = try await registry.repository()
        _ = try await repository.push([image], from: registry.store, progress: { _ in })
        let bytes = try registry.store.read(image.digest)
        try await repository.put(
            manifest: StoredManifest(mediaType: ManifestType.manifest, bytes: bytes), as: .tag("1.0"))
        let other = try Scratch()
        do {
            _ = try await ImagePull(from: repository, into: other.store).pull(
                .tag("1.0"), platform: .amd64, progress: { _ in })
            return nil
        } catch {
            for name in try Files.list(other.store.root.pushing("blobs/sha256")) {
                #expect(try other.store.isIntact(Digest(hex: name)))
            }
            #expect(!other.store.contains(image.layers[0].descriptor.digest))
            return error
        }
    }

    @Test("Digest mismatch", arguments: ["wrongbytes", "swapped", "shorter"])
    func wrongBytes(fault: String) async throws {
        let error = try await refused(fault)
        guard case .wrongBytes = error as? RegistryError else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("A manifest of another type than announced; endless redirects")
    func confused() async throws {
        guard case .manifest(_, let problem) = try await refused("othertype") as? RegistryError else {
            Issue.record("another error")
            return
        }
        #expect(problem.contains("announced"))
        guard case .badRedirect(_, let what) = try await refused("loop") as? RegistryError else {
            Issue.record("another error")
            return
        }
        #expect(what == "more than 5 in a row")
    }

    @Test("An endless manifest or blob, or one longer than announced", arguments: ["huge", "endless", "longer"])
    func endless(fault: String) async throws {
        let error = try await refused(fault)
        guard case .unreachable(_, .tooLarge) = error as? RegistryError else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("An absent image is reported as missing")
    func missing() async throws {
        let registry = try FakeRegistry("plain")
        let repository = try await registry.repository()
        #expect(try await repository.digest(ofTag: "1.0") == nil)
        #expect(try await repository.manifest(.tag("1.0")) == nil)
        await #expect(throws: RegistryError.missing("image '1.0'", in: repository.name)) {
            try await ImagePull(from: repository, into: registry.store).pull(
                .tag("1.0"), platform: .amd64, progress: { _ in })
        }
        await #expect(throws: RegistryError.missing("blob \(Digest(of: []))", in: repository.name)) {
            try await repository.blob(Digest(of: []), limit: 10)
        }
    }
}

@Suite("Referrers of an image in a registry")
struct ReferrersTests {
    @Test("Found again, with and without the referrers API", arguments: ["plain", "api", "expire", "nodigest"])
    func attached(mode: String) async throws {
        let registry = try FakeRegistry(mode)
        let repository = try await registry.repository()
        let subject = Digest(of: Array(mode.utf8))
        let notes = ["a", "b", "c"].map { Samples.artifact(about: subject, note: $0) }
        #expect(try await repository.referrers(of: subject) == [])
        _ = try await repository.put(blob: Samples.empty)
        try await repository.attach(Array(notes[0...1]), to: subject)
        let before = try await registry.log().count
        try await repository.attach(Array(notes[1...2]), to: subject)
        #expect(try await repository.referrers(of: subject) == notes.map(\.digest).sorted())
        let writes = try await registry.log().dropFirst(before).filter { $0.hasPrefix("PUT manifests/sha256-") }
        #expect(writes.count == (mode == "api" ? 0 : 1), "one write of the tag")
        #expect(try await repository.blob(Digest(of: Samples.empty), limit: 2) == Samples.empty)
    }

    @Test("A referrers tag without an index is not changed")
    func foreign() async throws {
        let registry = try FakeRegistry("foreigntag")
        let repository = try await registry.repository()
        let subject = Digest(of: Array("x".utf8))
        await #expect(throws: RegistryError.self) {
            try await repository.attach([Samples.artifact(about: subject, note: "a")], to: subject)
        }
        #expect(!(try await registry.log().contains { $0.hasPrefix("PUT manifests/sha256-") }))
    }

    @Test("A copy transfers image and referrers to a directory and back to another registry")
    func copies() async throws {
        let registry = try FakeRegistry("plain")
        let images = [try Samples.image(registry.store), try Samples.image(registry.store, size: 9000, .arm64)]
        let repository = try await registry.repository()
        let digest = try await repository.push(images, from: registry.store, progress: { _ in })
        let index = try #require(try await repository.manifest(.digest(digest)))
        try await repository.put(manifest: index, as: .tag("1.0"))
        _ = try await repository.put(blob: Samples.empty)
        let note = Samples.artifact(about: digest, note: "on the index")
        let other = Samples.artifact(about: images[1].digest, note: "on a platform")
        try await repository.attach([note], to: digest)
        try await repository.attach([other], to: images[1].digest)
        try await repository.put(manifest: note, as: .tag("sha256-\(digest.hex).sig"))

        let scratch = try Scratch()
        let directory = LayoutRepository(root: scratch.root.appending("layout"), name: "directory")
        let report = try await RepositoryCopy(from: repository, to: directory, through: scratch.store).run(
            .tag("1.0"), tags: ["1.0"], attachments: true, progress: { _ in })
        #expect(report.digest == digest && report.attached == 3)
        try ImageLayout(root: scratch.root.appending("layout")).check()

        let second = try FakeRegistry("api")
        let target = try await second.repository()
        let back = RepositoryCopy(from: directory, to: target, through: scratch.store)
        for expected in [true, false] {
            let report = try await back.run(.tag("1.0"), tags: ["2.0"], attachments: true, progress: { _ in })
            #expect((report.blobs > 0) == expected, "a repeated copy sends nothing")
        }
        #expect(try await target.digest(ofTag: "2.0") == digest)
        #expect(try await target.referrers(of: digest) == [note.digest])
        #expect(try await target.referrers(of: images[1].digest) == [other.digest])
        #expect(try await target.digest(ofTag: "sha256-\(digest.hex).sig") == note.digest)
    }
}

@Suite("An image with gzip and with zstd in a registry")
struct VariantTests {
    @Test("A pull for one platform takes zstd; one for all, and a copy, take everything")
    func pulled() async throws {
        let registry = try FakeRegistry("plain")
        let images = try [Platform.amd64, .arm64].flatMap { platform in
            try [LayerCompression.gzip, .zstd].map { try Samples.image(registry.store, size: 9000, platform, $0) }
        }
        let repository = try await registry.repository()
        let digest = try await repository.push(images, from: registry.store, progress: { _ in })
        let index = try #require(try await repository.manifest(.digest(digest)))
        try await repository.put(manifest: index, as: .tag("1.0"))

        let other = try Scratch()
        let pull = ImagePull(from: repository, into: other.store)
        let one = try await pull.pull(.tag("1.0"), platform: .arm64, progress: { _ in })
        #expect(one.digest == digest && one.images == [images[3]])
        #expect(!other.store.contains(images[2].layers[0].descriptor.digest))
        let all = try await pull.pull(.tag("1.0"), platform: nil, progress: { _ in })
        #expect(all.images == images)
        #expect(
            try ImageLayout(root: other.root.appending("l")).publish(all.images, tags: [], from: other.store) == digest)

        let directory = LayoutRepository(root: other.root.appending("copy"), name: "directory")
        _ = try await RepositoryCopy(from: repository, to: directory, through: other.store).run(
            .tag("1.0"), tags: ["1.0"], attachments: true, progress: { _ in })
        #expect(try ImageLayout(root: other.root.appending("copy")).images(tag: "1.0") == images)
    }
}
