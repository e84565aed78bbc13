// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import OCI
import SystemPackage

/// Makes the blob of a layer from its tree: tar in the order of the entries, hashed and compressed into the store.
package struct LayerPacker: Sendable {
    private let store: Store

    /// A packer into `store`.
    package init(store: Store) { self.store = store }

    /// The blob of `layer`, made now when the cache has none.
    ///
    /// - Throws: `ArchiveError`, `FileError`.
    package func pack(_ layer: CutLayer) throws -> Layer {
        switch layer.contents {
        case .packed(let packed): return packed
        case .unpacked(let entries):
            let packed = try pack(entries.entries, of: layer.tree)
            try Files.write(CanonicalJSON.encode(packed), to: layer.folder.appending("layer.json"))
            return packed
        }
    }

    private func pack(_ entries: [ArchiveEntry], of tree: FilePath) throws -> Layer {
        let writer = try LayerWriter(store: store)
        let tar = try TarWriter(to: writer.write)
        let copier = FileCopier()
        for entry in entries {
            // Nothing to read; and a whiteout has no file of its name in the tree.
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
