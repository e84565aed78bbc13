// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import OCI
import Registry
import Signing
import SystemPackage
import Trust

/// A publisher with a key, a repository, and a user who trusts that key.
final class Scene {
    static let name = "registry.example/team/image"
    static let created: Int64 = 1_795_313_345
    /// An hour later.
    static let now: Int64 = created + 3_600

    let repository = MemoryRepository(name: Scene.name)
    let key = SigningKey.generate()
    let directory = FilePath(NSTemporaryDirectory()).appending("trust-\(Files.uniqueSuffix())")

    deinit { try? Files.removeTree(directory) }

    var publisher: SignaturePublisher {
        SignaturePublisher(repository: repository, key: key, created: Self.created)
    }

    /// An index of one image, or of that image with gzip and with zstd, in the repository; its bytes depend on `seed`.
    func image(_ seed: String, isTwice: Bool = false) async throws -> [Descriptor] {
        let configuration = Array("{\"seed\":\"\(seed)\"}".utf8)
        let config = Descriptor(
            mediaType: .config, digest: try await repository.put(blob: configuration), size: UInt64(configuration.count)
        )
        let image = try await put(ImageManifest(config: config, layers: []), .manifest)
        var entry = image
        entry.platform = .amd64
        guard isTwice else { return [try await put(ImageIndex(manifests: [entry]), .index), image] }
        var other = try await put(ImageManifest(config: config, layers: [], annotations: ["zstd": "yes"]), .manifest)
        (other.platform, other.annotations) = (.amd64, [CompressionVariant.zstdAnnotation: "true"])
        return [try await put(ImageIndex(manifests: [entry, other]), .index), image, other]
    }

    private func put(_ value: some Encodable, _ type: MediaType) async throws -> Descriptor {
        let stored = StoredManifest(mediaType: type.rawValue, bytes: try CanonicalJSON.encode(value))
        try await repository.put(manifest: stored, as: .digest(stored.digest))
        return Descriptor(mediaType: type, digest: stored.digest, size: UInt64(stored.bytes.count))
    }

    /// Makes, signs and tags a release.
    @discardableResult
    func release(_ version: String, tags more: [String] = ["latest"]) async throws -> [Descriptor] {
        let subjects = try await image(version)
        _ = try await publisher.publish(subjects, tags: [version] + more, version: version, attestations: [])
        for tag in [version] + more { await repository.set(tag: tag, to: subjects[0].digest) }
        return subjects
    }

    /// Publishes a heartbeat.
    func beat(_ release: Digest, _ version: String, at time: Int64 = Scene.created, days: Int64 = 7) async throws {
        try await publisher.publish(heartbeat: heartbeat(release, version, at: time, days: days))
    }

    func heartbeat(_ release: Digest, _ version: String, at time: Int64, days: Int64) throws -> Heartbeat {
        Heartbeat(
            repository: Self.name, release: release, version: try SemanticVersion(version),
            checkedAt: Timestamp(seconds: time), validUntil: Timestamp(seconds: time + days * 86_400),
            archives: [
                .init(suite: "bookworm", inRelease: Digest(of: []), date: Timestamp(seconds: time - 10))
            ])
    }

    func verifier(
        keys: [TrustedRepository.Key]? = nil, rules: TrustRules = .init(), now: Int64 = Scene.now,
        minimum: SemanticVersion? = nil, build: ExpectedBuild? = nil
    ) -> ImageVerifier {
        let trusted = TrustedRepository(
            name: Self.name, keys: keys ?? [.init(key: key.publicKey)], minimumVersion: minimum, build: build)
        return ImageVerifier(
            trusted: trusted, platform: .amd64, history: TrustHistory(directory: directory), now: now, rules: rules)
    }

    func verify(_ tag: String = "latest", with verifier: ImageVerifier? = nil) async throws -> VerifiedImage {
        try await (verifier ?? self.verifier()).verify(ImageReference("\(Self.name):\(tag)"), in: repository)
    }
}
