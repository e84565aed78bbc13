// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import OCI
import SystemPackage

/// Writes a context as one tar that any builder can build without network: a Dockerfile, the layers, the lock.
///
/// The output is deterministic: entries are in a fixed order and have the lock's time.
package struct ContextArchive: Sendable {
    private let store: Store

    /// Creates a writer that reads layers from `store`.
    package init(store: Store) { self.store = store }

    /// Writes `context`, with `lock` as `versions.lock`, to `sink`.
    ///
    /// - Throws: `ArchiveError`, `FileError`, errors of `sink`.
    package func write(_ context: BuildContext, lock: [UInt8], to sink: @escaping ByteSink) throws {
        let layers = try allLayers(of: context)
        let tar = try TarWriter(to: sink)
        let dockerfile = Dockerfile(context: context, layers: layers.map(\.file))
        try append(Array(dockerfile.text.utf8), as: "Dockerfile", to: tar, context.epoch)
        try append(Array("*\n!layers\n".utf8), as: ".dockerignore", to: tar, context.epoch)
        try tar.append(entry("layers", .directory, 0o755, context.epoch))
        for (file, layer) in layers { try append(layer, as: file, to: tar, context.epoch) }
        try append(lock, as: "versions.lock", to: tar, context.epoch)
        try tar.finish()
    }

    /// All layers in the order of the image, the seed before the configure step, with their file names in the context.
    private func allLayers(of context: BuildContext) throws -> [(file: String, layer: Layer)] {
        let packer = LayerPacker(store: store)
        let overlays = try [context.seed, context.rootfs].map { try $0.build(in: store) }
        let built = context.packageLayers + overlays + context.programs
        return try built.enumerated().map { number, layer in
            let position = number < 10 ? "0\(number)" : "\(number)"
            return ("layers/\(position)-\(layer.name).tar.gz", try packer.pack(layer))
        }
    }

    private func append(_ layer: Layer, as path: String, to tar: TarWriter, _ mtime: Int64) throws {
        try tar.append(entry(path, .file(size: layer.descriptor.size), 0o644, mtime)) { sink in
            try FileCopier().copy(store.path(of: layer.descriptor.digest), to: sink)
        }
    }

    private func append(_ bytes: [UInt8], as path: String, to tar: TarWriter, _ mtime: Int64) throws {
        try tar.append(entry(path, .file(size: UInt64(bytes.count)), 0o644, mtime), bytes: bytes)
    }

    private func entry(_ path: String, _ kind: ArchiveEntry.Kind, _ mode: UInt16, _ mtime: Int64) throws -> ArchiveEntry
    {
        ArchiveEntry(path: try ArchivePath(path), kind: kind, mode: mode, uid: 0, gid: 0, mtime: mtime, attributes: [:])
    }
}
