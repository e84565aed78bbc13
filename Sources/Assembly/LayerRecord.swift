// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Foundation
import OCI

/// A finished layer without the bytes of its blob: the data that another store needs to use the layer as if it had been
/// built there.
package struct LayerRecord: Hashable, Sendable, Codable {
    /// The digest of all inputs of the layer.
    package let key: Digest
    /// The blob.
    package let layer: Layer
    /// The facts of the layer's packages for dpkg's database.
    package let packages: [PackageFacts]

    /// The maximum size of an external record in bytes: the record of a large image's 260 packages has a thirtieth of
    /// it.
    package static let sizeLimit = 1 << 24

    /// The record of the layer in the cache of `store`; nil when it has no blob in `compression`.
    package init?(_ cut: CachedLayer, compression: LayerCompression, in store: Store) {
        guard let finished = CachedLayer.cached(name: cut.name, key: cut.key, in: store),
            case .packed(let layers) = finished.contents,
            let layer = layers.first(where: { $0.descriptor.mediaType == compression.mediaType })
        else { return nil }
        (key, self.layer, packages) = (cut.key, layer, finished.packages)
    }

    /// Parses an external record, which must be the record of `wanted`.
    ///
    /// - Throws: `AssemblyError.foreignRecord`.
    package init(parsing bytes: [UInt8], of wanted: WantedLayer, compression: LayerCompression) throws {
        guard bytes.count <= Self.sizeLimit, let record = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else {
            throw AssemblyError.foreignRecord(layer: wanted.name, problem: "cannot be read")
        }
        guard record.key == wanted.key, Set(record.packages.map(\.name)) == Set(wanted.packages) else {
            throw AssemblyError.foreignRecord(layer: wanted.name, problem: "is that of another layer")
        }
        let blob = record.layer.descriptor
        guard blob.mediaType == compression.mediaType else {
            throw AssemblyError.foreignRecord(layer: wanted.name, problem: "has another kind of blob")
        }
        // Any other field of the descriptor would be copied into the image's manifest.
        let plain = Descriptor(mediaType: blob.mediaType, digest: blob.digest, size: blob.size)
        (key, packages) = (record.key, record.packages)
        layer = Layer(descriptor: plain, diffID: record.layer.diffID)
    }

    /// The document as bytes; deterministic.
    ///
    /// - Throws: `OCIError.notEncodable`.
    package func serialized() throws -> [UInt8] { try CanonicalJSON.encode(self) }
}

extension CachedLayer {
    /// Creates the directory of the layer in the cache of `store` from its blob, which must be in the store. The tar's
    /// digest is verified, and no file can escape the directory, whatever the blob contains.
    ///
    /// - Throws: `AssemblyError.foreignRecord`, `ArchiveError`, `FileError`; the directory is removed in that case.
    package static func restore(_ record: LayerRecord, name: String, in store: Store, setsOwners: Bool = true) throws {
        let blob = store.path(of: record.layer.descriptor.digest)
        var hasher = DigestHasher()
        try Decompression.stream(file: blob, limit: ArchiveLimits().totalBytes) { hasher.update($0) }
        guard hasher.finalize() == record.layer.diffID else {
            throw AssemblyError.foreignRecord(layer: name, problem: "has a wrong digest of the tar")
        }
        let directory = try emptyDirectory(key: record.key, in: store)
        do {
            try LayerUnpacker.unpack(blob, into: directory.appending("tree"), setsOwners: setsOwners)
            try Files.write(JSONEncoder().encode(record.packages), to: directory.appending("facts.json"))
            let compression = LayerCompression.allCases.first { $0.mediaType == record.layer.descriptor.mediaType }
            try note(record.layer, in: compression ?? .none, directory: directory)
        } catch {
            try? Files.removeTree(directory)
            throw error
        }
    }
}
