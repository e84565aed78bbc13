// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import Foundation
import ImageBuilding
import OCI
import Registry
import Synchronization
import SystemPackage

/// A temporary directory with independent stores and a repository between them.
final class SharedStores: Sendable {
    let root: FilePath
    let directory: FilePath
    /// The warnings.
    let warnings = Mutex<[String]>([])

    init() throws {
        root = FilePath(NSTemporaryDirectory()).appending("layer-cache-\(Files.uniqueSuffix())")
        directory = root.appending("repository")
        try Files.makeDirectories(root)
    }

    deinit { try? Files.removeTree(root) }

    var repository: LayoutRepository { LayoutRepository(root: directory, name: "cache") }

    var progress: ProgressSink {
        { event in if case .warning(let text) = event { self.warnings.withLock { $0.append(text) } } }
    }

    func store(_ name: String) throws -> Store { try Store(root: root.appending(name)) }

    /// The cache of one build; `denies` returns the repository's denials.
    func cache(denies: @escaping @Sendable (RepositoryAccess) -> RegistryError? = { _ in nil }) -> RepositoryLayerCache
    {
        RepositoryLayerCache(name: "cache", compression: .gzip, setsOwners: false) { [repository] access in
            if let error = denies(access) { throw error }
            return repository
        }
    }

    /// A layer with `text`, built in `store` with its blob.
    func layer(_ text: String, in store: Store) throws -> CachedLayer {
        let time: Int64 = 1_600_000_000
        let layer = try Overlay(
            name: text,
            items: [
                .directory("etc", mode: 0o751, mtime: time), .link("etc/link", to: "file", mtime: time),
                .file("etc/file", Array(text.utf8), mode: 0o640, mtime: time),
            ]
        ).build(in: store, setsOwners: false)
        _ = try LayerPacker(store: store).pack(layer)
        return layer
    }

    /// The tag of a layer; part of the format.
    static func tag(_ layer: CachedLayer) -> String { "layer-\(layer.key.hex)-gzip" }

    static func wanted(_ layer: CachedLayer) -> WantedLayer { WantedLayer(name: layer.name, key: layer.key) }
}

/// A manipulation of a layer in the repository.
enum Lie: String, CaseIterable {
    case otherLayer, missingBlob, missingRecord, otherBytes, otherBytesOfRecord, otherBytesOfManifest, otherTar
    case noRecord, index

    func tell(of layer: CachedLayer, other: CachedLayer, in stores: SharedStores) async throws {
        let (repository, tag) = (stores.repository, SharedStores.tag(layer))
        guard let manifest = try await repository.manifest(.tag(tag)),
            let strange = try await repository.manifest(.tag(SharedStores.tag(other)))
        else { return }
        let blobs = try manifest.blobs()
        let place = { (digest: Digest) in stores.directory.pushing("blobs/sha256").appending(digest.hex) }
        switch self {
        case .otherLayer: try await repository.put(manifest: strange, as: .tag(tag))
        case .missingBlob: try Files.removeTree(place(blobs[1].digest))
        case .missingRecord: try Files.removeTree(place(blobs[0].digest))
        case .otherBytes: try flip(place(blobs[1].digest))
        case .otherBytesOfRecord: try flip(place(blobs[0].digest))
        case .otherBytesOfManifest: try flip(place(Digest(of: manifest.bytes)))
        case .otherTar:
            try await replaceRecord(manifest, in: repository, tag) { record in
                guard
                    case .packed(let layers)? = try CachedLayer.cached(
                        name: layer.name, key: layer.key, in: stores.store("maker"))?.contents
                else { return record }
                return record.replacing(layers[0].diffID.hex, with: Digest(of: []).hex)
            }
        case .noRecord: try await replaceRecord(manifest, in: repository, tag) { "x\($0.dropFirst())" }
        case .index:
            let text = "{\"schemaVersion\":2,\"mediaType\":\"\(ManifestType.index)\",\"manifests\":[]}"
            let index = StoredManifest(mediaType: ManifestType.index, bytes: Array(text.utf8))
            try await repository.put(manifest: index, as: .tag(tag))
        }
    }

    /// Changes one byte in a new file, because the old one is hard-linked to the store's.
    private func flip(_ file: FilePath) throws {
        var bytes = try Files.read(file, limit: 1 << 20)
        bytes[bytes.count / 2] ^= 1
        try Files.write(bytes, to: file)
    }

    /// Replaces the record by another one of the same length in the same manifest.
    private func replaceRecord(
        _ manifest: StoredManifest, in repository: LayoutRepository, _ tag: String,
        _ change: (String) throws -> String
    ) async throws {
        let old = try manifest.blobs()[0].digest
        let record = String(decoding: try await repository.blob(old, limit: 1 << 20), as: UTF8.self)
        let new = try await repository.put(blob: Array(try change(record).utf8))
        let text = String(decoding: manifest.bytes, as: UTF8.self).replacing(old.hex, with: new.hex)
        let forged = StoredManifest(mediaType: manifest.mediaType, bytes: Array(text.utf8))
        try await repository.put(manifest: forged, as: .tag(tag))
    }
}
