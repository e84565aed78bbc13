// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import OCI
import SystemPackage

/// Packs the blob of a layer from its tree: a tar in the order of the entries, hashed and compressed into the store.
package struct LayerPacker: Sendable {
    private let store: Store
    private let compression: LayerCompression

    /// Creates a packer that writes to `store`.
    package init(store: Store, compression: LayerCompression = .gzip) {
        self.store = store
        self.compression = compression
    }

    /// The blob of `layer`, packed now when the cache has none in this compression.
    ///
    /// - Throws: `ArchiveError`, `FileError`, `OCIError`.
    package func pack(_ layer: CachedLayer) throws -> Layer {
        let packed: Layer
        switch layer.contents {
        case .packed(let known):
            if let same = known.first(where: { $0.descriptor.mediaType == compression.mediaType }) { return same }
            packed = try repack(known[0])
        case .unpacked(let entries): packed = try pack(entries.entries, of: layer.tree)
        }
        try layer.note(packed, in: compression)
        return packed
    }

    /// Packs the same tar in this compression.
    private func repack(_ other: Layer) throws -> Layer {
        let writer = try LayerWriter(store: store, compression: compression)
        let file = store.path(of: other.descriptor.digest)
        try Decompression.stream(file: file, limit: ArchiveLimits().totalBytes, to: writer.write)
        let packed = try writer.commit()
        guard packed.diffID == other.diffID else {
            throw OCIError.corruptBlob(other.descriptor.digest, in: store.root)
        }
        return packed
    }

    private func pack(_ entries: [ArchiveEntry], of tree: FilePath) throws -> Layer {
        let writer = try LayerWriter(store: store, compression: compression)
        let tar = try TarWriter(to: writer.write)
        let copier = FileCopier()
        for entry in entries {
            // There are no contents to read; and a whiteout has no file of its name in the tree.
            guard case .file(let size) = entry.kind, size > 0 else {
                try tar.append(entry)
                continue
            }
            try tar.append(entry) { sink in try copier.copy(tree.pushing(FilePath(entry.path.string)), to: sink) }
        }
        try tar.finish()
        return try writer.commit()
    }
}
