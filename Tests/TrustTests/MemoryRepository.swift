// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry

/// A repository in memory that can be made malicious.
actor MemoryRepository: RepositoryWriting {
    nonisolated let name: String
    private(set) var tags: [String: Digest] = [:]
    private(set) var manifests: [Digest: StoredManifest] = [:]
    private(set) var blobs: [Digest: [UInt8]] = [:]
    private(set) var attached: [Digest: Set<Digest>] = [:]
    /// The number of writes that changed something.
    private(set) var writes = 0
    /// After this many writes every other one fails, as after a kill.
    var writesLeft = Int.max
    var isUnreachable = false

    init(name: String = "registry.example/team/image") { self.name = name }

    struct Unreachable: Error {}

    private func answer() throws { if isUnreachable { throw Unreachable() } }

    private func change() throws {
        try answer()
        guard writesLeft > 0 else { throw Unreachable() }
        writesLeft -= 1
        writes += 1
    }

    func digest(ofTag tag: String) throws -> Digest? {
        try answer()
        return tags[tag]
    }

    func manifest(_ name: ManifestName) throws -> StoredManifest? {
        try answer()
        switch name {
        case .tag(let tag): return tags[tag].flatMap { manifests[$0] }
        case .digest(let digest): return manifests[digest]
        }
    }

    func blob(_ digest: Digest, limit: Int) throws -> [UInt8] {
        try answer()
        guard let bytes = blobs[digest], bytes.count <= limit else { throw Unreachable() }
        return bytes
    }

    func referrers(of subject: Digest) throws -> [Digest] {
        try answer()
        return attached[subject, default: []].sorted()
    }

    func push(_ images: [Image], from store: Store, progress: @escaping ProgressSink) throws -> Digest {
        throw Unreachable()
    }

    func put(blob: [UInt8]) throws -> Digest {
        let digest = Digest(of: blob)
        if blobs[digest] == nil {
            try change()
            blobs[digest] = blob
        }
        return digest
    }

    func put(manifest: StoredManifest, as name: ManifestName) throws {
        try change()
        manifests[manifest.digest] = manifest
        if case .tag(let tag) = name { tags[tag] = manifest.digest }
    }

    func attach(_ new: [StoredManifest], to subject: Digest) throws {
        try change()
        for manifest in new {
            manifests[manifest.digest] = manifest
            attached[subject, default: []].insert(manifest.digest)
        }
    }

    // The malicious changes.

    func set(tag: String, to digest: Digest?) { tags[tag] = digest }
    func replace(_ digest: Digest, by bytes: [UInt8]) {
        manifests[digest] = StoredManifest(mediaType: MediaType.manifest.rawValue, bytes: bytes)
    }
    func replace(blob digest: Digest, by bytes: [UInt8]) { blobs[digest] = bytes }
    func detach(from subject: Digest, keeping: (Digest) -> Bool = { _ in false }) {
        attached[subject] = attached[subject, default: []].filter(keeping)
    }
    func attach(existing manifest: Digest, to subject: Digest) { attached[subject, default: []].insert(manifest) }
    func setWritesLeft(_ count: Int) { writesLeft = count }
    func setUnreachable(_ flag: Bool) { isUnreachable = flag }
}
