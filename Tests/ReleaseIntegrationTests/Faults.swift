// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Release
import Synchronization
import SystemPackage
import Trust

/// The simulated kill.
struct Killed: Error { let place: String }

/// Kills a release at its n-th step; every later step fails too.
final class Faults: Sendable {
    private let state = Mutex((places: [String](), isDead: false))
    private let limit: Int

    /// - Parameter limit: The number of steps before the kill.
    init(after limit: Int = .max) { self.limit = limit }

    /// The executed steps.
    var places: [String] { state.withLock { $0.places } }

    /// The steps before which a kill leaves a new state: the first one, and those after a step that changed something.
    var moments: [Int] {
        let steps = places
        return steps.indices.filter { $0 == 0 || !Self.isReading(steps[$0 - 1]) }
    }

    private static func isReading(_ place: String) -> Bool {
        let commands = [
            "status", "rev-parse", "remote", "ls-remote", "for-each-ref", "ls-tree", "cat-file", "show", "diff",
            "push --dry-run",
        ]
        return place.hasPrefix("GET ") || place.hasPrefix("HEAD ") || commands.contains { place == "git \($0)" }
    }

    /// Called before each step.
    func reach(_ place: String) throws {
        try state.withLock { state in
            if state.isDead || state.places.count >= limit {
                state.isDead = true
                throw Killed(place: place)
            }
            state.places.append(place)
        }
    }
}

/// Git that can be killed before each call.
struct MortalGit: GitProgram {
    let git: any GitProgram
    let faults: Faults

    func run(_ call: GitCall) async throws -> GitAnswer {
        let isRehearsed = call.arguments.contains("--dry-run")
        try faults.reach("git \(call.arguments.first ?? "")\(isRehearsed ? " --dry-run" : "")")
        return try await git.run(call)
    }
}

/// A journal that can be killed before each write.
struct MortalJournal: JournalFiles {
    let journal: any JournalFiles
    let faults: Faults

    func read(_ name: String) throws -> [UInt8]? { try journal.read(name) }

    func write(_ bytes: [UInt8], _ name: String) throws {
        try faults.reach("journal \(name)")
        try journal.write(bytes, name)
    }

    func removeAll() throws {
        try faults.reach("journal removed")
        try journal.removeAll()
    }
}

/// A repository that can be killed before each request.
struct MortalRepository: RepositoryWriting {
    let repository: any RepositoryWriting
    let faults: Faults
    let name: String

    func digest(ofTag tag: String) async throws -> Digest? {
        try faults.reach("HEAD \(tag)")
        return try await repository.digest(ofTag: tag)
    }

    func manifest(_ name: ManifestName) async throws -> StoredManifest? {
        try faults.reach("GET manifest")
        return try await repository.manifest(name)
    }

    func blob(_ digest: Digest, limit: Int) async throws -> [UInt8] {
        try faults.reach("GET blob")
        return try await repository.blob(digest, limit: limit)
    }

    func referrers(of subject: Digest) async throws -> [Digest] {
        try faults.reach("GET referrers")
        return try await repository.referrers(of: subject)
    }

    func push(_ images: [Image], from store: Store, progress: @escaping ProgressSink) async throws -> Digest {
        try faults.reach("push")
        return try await repository.push(images, from: store, progress: progress)
    }

    func put(blob: [UInt8]) async throws -> Digest {
        try faults.reach("PUT blob")
        return try await repository.put(blob: blob)
    }

    func put(manifest: StoredManifest, as name: ManifestName) async throws {
        try faults.reach("PUT manifest")
        try await repository.put(manifest: manifest, as: name)
    }

    func checkIsWritable() async throws {
        try faults.reach("POST upload")
        try await repository.checkIsWritable()
    }

    func attach(_ manifests: [StoredManifest], to subject: Digest) async throws {
        try faults.reach("PUT referrers")
        try await repository.attach(manifests, to: subject)
    }
}

/// A build and a verification that can be killed before they begin.
struct MortalBuild: ReleaseBuilding, ReleaseVerifying {
    let store: Store
    let faults: Faults
    var platforms = [Platform.amd64, .arm64]

    var choices: [String] { platforms.map(\.description) }
    var kind = ImageKind.full

    /// Images that depend on the definition alone: one layer with its text, and the label with its version; for each
    /// platform a plain one and one that is marked as zstd.
    func build(_ directory: FilePath, progress: @escaping ProgressSink) async throws -> (images: [Image], store: Store)
    {
        try faults.reach("build")
        let state = try ProjectState(below: directory)
        let layer = try store.insert(Array("\(kind) \(state.definition.version) \(state.lock.snapshot)".utf8))
        let size = UInt64(try Files.status(of: store.path(of: layer)).st_size)
        let version = state.definition.version + (kind == .base ? SemanticVersion.baseSuffix : "")
        let label = ["org.opencontainers.image.version": version]
        let images = try platforms.flatMap { platform in
            try [MediaType.layer, .layerZstd].map { type in
                try Image.compose(
                    layers: [Layer(descriptor: Descriptor(mediaType: type, digest: layer, size: size), diffID: layer)],
                    configuration: ImageConfiguration(
                        created: state.lock.snapshot, platform: platform, config: .init(labels: label)),
                    into: store)
            }
        }
        return (images, store)
    }

    func verify(
        _ image: Image, definedIn directory: FilePath, progress: @escaping ProgressSink
    ) async throws -> VerifiedClaims {
        try faults.reach("verify")
        return VerifiedClaims(profile: Digest(of: []), green: ["C01"], skipped: [])
    }
}
