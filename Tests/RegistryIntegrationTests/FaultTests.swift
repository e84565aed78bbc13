// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Faults during an upload: each time the image is complete in the end, or no tag names any of it.
@Suite("Faults of a registry during a push")
struct PushFaultTests {
    private func pushed(_ fault: String, mountSources: [String] = []) async throws -> (FakeRegistry, Image) {
        let registry = try FakeRegistry(fault)
        let image = try Samples.image(registry.store)
        let repository = try await registry.repository(mountSources: mountSources)
        #expect(try await repository.push([image], from: registry.store, progress: { _ in }) == image.digest)
        let manifest = try #require(try await repository.manifest(.digest(image.digest)))
        try await repository.put(manifest: manifest, as: .tag("1.0"))
        #expect(try await repository.digest(ofTag: "1.0") == image.digest)
        return (registry, image)
    }

    @Test(
        "The image arrives complete",
        arguments: [
            "plain", "basic", "cut", "busy", "expire", "absolute", "local", "foreign", "forget", "lost", "nodigest",
            "redirect", "dying",
            // Offsets that are not the true ones, one byte too many and more, that of the chunk alone, of the first
            // chunk, or none; no request for the offset; a limit of the size of requests, also one below that of a
            // chunk; requests that are refused, each where common clients use another.
            "range", "short", "alone", "lagging", "none", "blind", "proxied", "narrow", "halved",
            "nopatch", "nopatch404", "nopatch500", "nopatch501", "norange", "nostream", "noput",
            // No HEAD; other statuses of success; an encoding that was not asked for; other forms of tokens and challenges.
            "nohead405", "nohead501", "put202", "put204", "zipped", "emptytoken", "negotiate",
        ])
    func arrives(fault: String) async throws {
        let (registry, image) = try await pushed(fault)
        let other = try Scratch()
        let pull = ImagePull(from: try await registry.repository(), into: other.store)
        let pulled = try await pull.pull(.tag("1.0"), platform: .amd64, progress: { _ in })
        #expect(pulled.digest == image.digest && pulled.images == [image])
        try image.check(in: other.store)
        let log = try await registry.log()
        #expect(!log.contains { $0.hasSuffix("signed elsewhere") }, "another host got credentials")
        #expect(["foreign", "redirect"].contains(fault) == log.contains { $0.hasSuffix("elsewhere") })
    }

    @Test("A large blob is one request, and a second push sends nothing")
    func stream() async throws {
        let (registry, image) = try await pushed("plain")
        let before = try await registry.log()
        #expect(before.count { $0.hasPrefix("PATCH") } == 1)
        _ = try await registry.repository().push([image], from: registry.store, progress: { _ in })
        #expect(try await registry.log().dropFirst(before.count) == ["HEAD manifests/\(image.digest) "])
    }

    @Test(
        "Chunks are consecutive, after the registry refused the size of the whole", arguments: ["proxied", "lagging"])
    func pieces(fault: String) async throws {
        let (registry, _) = try await pushed(fault)
        let pieces = try await registry.log().filter { $0.hasPrefix("PATCH") }
            .compactMap { $0.split(separator: " ").dropFirst(2).first }
        #expect(pieces.first == "0-39999" && pieces.count == 4)
    }

    @Test("What a registry refused for one blob is not tried for the next", arguments: ["nopatch", "proxied"])
    func learned(fault: String) async throws {
        let registry = try FakeRegistry(fault)
        let repository = try await registry.repository()
        for size in [150_000, 160_000] {
            let image = try Samples.image(registry.store, size: size)
            _ = try await repository.push([image], from: registry.store, progress: { _ in })
        }
        let streams = try await registry.log().filter { $0.hasPrefix("PATCH") && $0.hasSuffix(" ") }
        #expect(streams.count == 1)
    }

    @Test("Another process resumes an upload")
    func resumes() async throws {
        let registry = try FakeRegistry("dying")
        let image = try Samples.image(registry.store)
        let impatient = try await registry.repository(attempts: 1)
        await #expect(throws: RegistryError.self) {
            try await impatient.push([image], from: registry.store, progress: { _ in })
        }
        let before = try await registry.log()
        #expect(!before.contains { $0.hasPrefix("PUT manifests") })
        _ = try await registry.repository().push([image], from: registry.store, progress: { _ in })
        let after = try await registry.log().dropFirst(before.count)
        #expect(after.contains { $0.hasPrefix("GET blobs/uploads/") }, "the offset is requested from the registry")
        #expect(!after.contains { $0.hasPrefix("PATCH") && $0.contains(" 0-") }, "\(after)")
        #expect(try Files.list(registry.store.root.appending("tmp")) == [], "nothing is left behind")
    }

    @Test("Blobs are mounted from another repository")
    func mounts() async throws {
        let (registry, image) = try await pushed("plain")
        let path = registry.path.replacing("/image", with: "/other")
        let repository = try await registry.repository(path, mountSources: [registry.path])
        _ = try await repository.push([image], from: registry.store, progress: { _ in })
        #expect(try await repository.manifest(.digest(image.digest)) != nil)
    }

    @Test("Moving an immutable tag is an error of one sentence; writing it unchanged is none")
    func immutable() async throws {
        let (registry, image) = try await pushed("immutable")
        let repository = try await registry.repository()
        let manifest = try #require(try await repository.manifest(.digest(image.digest)))
        try await repository.put(manifest: manifest, as: .tag("1.0"))
        let other = Samples.artifact(about: image.digest, note: "a")
        do {
            try await repository.put(manifest: other, as: .tag("1.0"))
            Issue.record("the tag moved")
        } catch let error as RegistryError {
            #expect(error.sentence.contains("TAG_INVALID: tags are immutable [2J"), "\(error.sentence)")
            #expect(error.hint?.contains("does not let a tag move") == true)
        }
    }

    @Test(
        "Progress counts each byte once, even if it is sent twice",
        arguments: ["plain", "cut", "halved", "expire", "narrow"])
    func progress(fault: String) async throws {
        let registry = try FakeRegistry(fault)
        let image = try Samples.image(registry.store)
        let meter = Meter()
        let repository = try await registry.repository()
        _ = try await repository.push([image], from: registry.store, progress: meter.take)
        #expect(meter.bytes == meter.total && meter.total > 0)
    }

    @Test("A requested delay of an hour ends the push")
    func sulky() async throws {
        let registry = try FakeRegistry("sulky")
        let image = try Samples.image(registry.store)
        let repository = try await registry.repository()
        await #expect(throws: RegistryError.busy(repository.name.prefixedHost, .seconds(3600))) {
            try await repository.push([image], from: registry.store, progress: { _ in })
        }
    }

    @Test("An endless response")
    func endless() async throws {
        let registry = try FakeRegistry("endlessanswer")
        let image = try Samples.image(registry.store)
        let repository = try await registry.repository()
        do {
            _ = try await repository.push([image], from: registry.store, progress: { _ in })
            Issue.record("it was accepted")
        } catch RegistryError.unreachable(_, .tooLarge) {}
    }

    @Test(
        "A refused upload is cancelled, also when the registry ignores that",
        arguments: ["refuse", "deaf"], [0, 1])
    func givenUp(fault: String, layer: Int) async throws {
        let registry = try FakeRegistry(fault)
        let image = try Samples.image(registry.store)
        let descriptor = image.layers[layer].descriptor
        let repository = try await registry.repository()
        let blob = RemoteBlob(digest: descriptor.digest, size: descriptor.size)
        do {
            try await repository.send([blob], from: registry.store, progress: { _ in })
            Issue.record("it was accepted")
        } catch RegistryError.denied(_, _, 403, let text) { #expect(text == "DENIED: quota") }
        let log = try await registry.log()
        #expect(log.count { $0.hasPrefix("DELETE blobs/uploads/") } == 1, "\(log)")
        #expect(try await registry.openUploads() == 0)
        #expect(try Files.list(registry.store.root.appending("tmp")) == [])
    }

    @Test(
        "Refused chunks, and mounts that became an upload, leave no open session",
        arguments: ["nopatch", "proxied", "plain"])
    func nothingStaysOpen(fault: String) async throws {
        let neighbour = "\(fault)/nobody/image"
        let (registry, _) = try await pushed(fault, mountSources: [neighbour])
        #expect(try await registry.openUploads() == 0)
        #expect(try await registry.log().contains { $0.hasPrefix("DELETE") })
    }

    @Test("An identity token is exchanged by POST, and by GET without POST")
    func identity() async throws {
        for (mode, methods) in [("identity", ["POST"]), ("oldidentity", ["GET", "POST"])] {
            let registry = try FakeRegistry(mode)
            let image = try Samples.image(registry.store)
            let repository = try await registry.repository(identity: "re/fresh&=")
            #expect(try await repository.push([image], from: registry.store, progress: { _ in }) == image.digest)
            let tokens = try await registry.log().filter { $0.hasSuffix(" token ") }
            #expect(
                Set(tokens) == Set(methods.map { "\($0) token " }) && tokens.count > 1, "tokens end, and are had anew")
            let stranger = try await registry.repository(identity: "other")
            await #expect(throws: RegistryError.self) { try await stranger.digest(ofTag: "1.0") }
        }
    }

    @Test("A registry's warning is reported once, in one sanitized line")
    func warnings() async throws {
        let registry = try FakeRegistry("warns")
        let image = try Samples.image(registry.store)
        let told = Mutex<[String]>([])
        let repository = try await registry.repository(
            warnings: RegistryWarnings { text in told.withLock { $0.append(text) } })
        _ = try await repository.push([image], from: registry.store, progress: { _ in })
        #expect(told.withLock(\.self) == ["'\(repository.name.prefixedHost)' warns: this registry ends [2J in May"])
    }

    @Test("A corrupt blob of the store is not sent")
    func corrupt() async throws {
        let registry = try FakeRegistry("plain")
        let image = try Samples.image(registry.store)
        let layer = image.layers[0].descriptor
        let path = registry.store.path(of: layer.digest)
        var bytes = try Files.read(path, limit: 1 << 20)
        bytes[100] ^= 1
        try Files.write(bytes, to: path)
        let repository = try await registry.repository()
        await #expect(throws: OCIError.corruptBlob(layer.digest, in: registry.store.root)) {
            try await repository.push([image], from: registry.store, progress: { _ in })
        }
        #expect(try await repository.manifest(.digest(image.digest)) == nil)
    }
}

extension String {
    /// The host at the beginning of a repository's name.
    fileprivate var prefixedHost: String { String(prefix { $0 != "/" }) }
}
