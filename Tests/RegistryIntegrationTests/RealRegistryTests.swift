// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import SystemPackage
import TestSupport
import Testing

@Suite("Debian's docker-registry, over TLS and with a password", .enabled(if: RealRegistry.isPossible))
struct RealRegistryTests {
    @Test("Exchange with skopeo in both directions")
    func skopeo() async throws {
        let registry = try await RealRegistry()
        let store = registry.scratch.store
        let images = [try Samples.image(store), try Samples.image(store, size: 9000, .arm64)]
        let repository = try await registry.repository("team/image")
        let digest = try await repository.push(images, from: store, progress: { _ in })
        try await repository.put(
            manifest: try #require(try await repository.manifest(.digest(digest))), as: .tag("1.0"))

        let place = "docker://\(registry.host)/team/image:1.0"
        let access = ["--cert-dir", registry.certificates.string, "--creds", "me:secret"]
        let raw = try run("skopeo", "inspect", "--raw", access[0], access[1], access[2], access[3], place)
        #expect(Digest(of: Array(raw.utf8)) == digest)
        let copy = registry.scratch.root.appending("copy").string
        try run(
            "skopeo", "copy", "--all", "--src-cert-dir", access[1], "--src-creds", access[3], place, "oci:\(copy):1.0")
        #expect(try ImageLayout(root: FilePath(copy)).images(tag: "1.0") == images)

        let back = "docker://\(registry.host)/other/image:2.0"
        try run(
            "skopeo", "copy", "--all", "--dest-cert-dir", access[1], "--dest-creds", access[3], "oci:\(copy):1.0", back)
        let other = try Scratch()
        let pull = ImagePull(from: try await registry.repository("other/image"), into: other.store)
        let pulled = try await pull.pull(.tag("2.0"), platform: nil, progress: { _ in })
        #expect(pulled.digest == digest && pulled.images == images)
        for image in images { try image.check(in: other.store) }
    }

    @Test("A pulled image becomes an archive that other tools read")
    func archive() async throws {
        let registry = try await RealRegistry()
        let image = try Samples.image(registry.scratch.store)
        let repository = try await registry.repository("team/image")
        _ = try await repository.push([image], from: registry.scratch.store, progress: { _ in })
        let other = try Scratch()
        let pulled = try await ImagePull(from: repository, into: other.store).pull(
            .digest(image.digest), platform: .amd64, progress: { _ in })
        let file = other.root.appending("image.tar")
        let output = try FileDescriptor.open(
            file, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        try DockerArchive.write(
            try #require(pulled.images.first), references: [ImageReference("a:b")], from: other.store, created: 0
        ) { _ = try output.writeAll($0) }
        try output.close()
        let configuration = try run("skopeo", "inspect", "--config", "--raw", "docker-archive:\(file)")
        #expect(try JSONValue(parsing: Array(configuration.utf8))["config"]?["User"]?.string == "dev")
    }

    @Test("Its referrers are under the tag, also after another tool has copied the repository's tags")
    func referrers() async throws {
        let registry = try await RealRegistry()
        let store = registry.scratch.store
        let image = try Samples.image(store)
        let repository = try await registry.repository("team/image")
        _ = try await repository.push([image], from: store, progress: { _ in })
        _ = try await repository.put(blob: Samples.empty)
        let notes = ["a", "b"].map { Samples.artifact(about: image.digest, note: $0) }
        for note in notes { try await repository.attach([note], to: image.digest) }
        #expect(try await repository.referrers(of: image.digest) == notes.map(\.digest).sorted())
        #expect(try await repository.digest(ofTag: "sha256-\(image.digest.hex)") != nil)
    }

    @Test("Blobs are mounted from another repository")
    func mount() async throws {
        let registry = try await RealRegistry()
        let store = registry.scratch.store
        let image = try Samples.image(store)
        _ = try await registry.repository("team/image").push([image], from: store, progress: { _ in })
        let neighbour = try await registry.repository("team/other", mountSources: ["team/image"])
        let blobs = try #require(try await registry.repository("team/image").manifest(.digest(image.digest))).blobs()
        #expect(try await neighbour.missing(blobs) == [])
    }

    @Test("A wrong or absent password is one error, and nothing is pushed", arguments: ["me:wrong", nil])
    func password(user: String?) async throws {
        let registry = try await RealRegistry()
        let image = try Samples.image(registry.scratch.store)
        let repository = try await registry.repository("team/image", user: user)
        do {
            _ = try await repository.push([image], from: registry.scratch.store, progress: { _ in })
            Issue.record("it was pushed")
        } catch let error as RegistryError {
            #expect(error.sentence.contains("denied access to the manifest"), "\(error.sentence)")
            #expect(error.hint?.contains("docker login \(registry.host)") == true)
        }
    }
}
