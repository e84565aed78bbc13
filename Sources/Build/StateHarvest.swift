// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import Glibc
import SystemPackage

/// The changes of the configure step as layers: the upper directory of its overlay on top of the seed.
///
/// The changes are split into two layers, because they change at different times: the files below `/usr` (Python's byte
/// code, the locale archive) only with Python or the C library, the rest (`/etc`, `/var`) with every update.
struct StateHarvest {
    /// Both layers.
    struct Parts {
        let usr: CachedLayer
        let system: CachedLayer
    }

    let store: Store
    let epoch: Int64

    /// The layers from the cache, or nil.
    func cached(_ key: Digest) -> Parts? {
        guard let usr = CachedLayer.cached(name: "state-usr", key: partKey(key, "usr"), in: store),
            let system = CachedLayer.cached(name: "state", key: partKey(key, "system"), in: store)
        else { return nil }
        return Parts(usr: usr, system: system)
    }

    /// The layers as requests to a shared cache.
    func wanted(_ key: Digest) -> [WantedLayer] {
        [
            WantedLayer(name: "state-usr", key: partKey(key, "usr")),
            WantedLayer(name: "state", key: partKey(key, "system")),
        ]
    }

    /// The changes in `upper`, on top of the tree of `seed`, on top of the package layers.
    ///
    /// - Throws: `BuildError.oddFile`, `ArchiveError`, `FileError`.
    func changes(in upper: FilePath, seed: CachedLayer, over packages: [CachedLayer]) throws -> TreeChanges {
        var changes = try UpperDirectory(root: upper, epoch: epoch).changes()
        try changes.spellOutOpaque(over: packages.map(\.tree) + [seed.tree])
        changes.lay(over: try UpperDirectory(root: seed.tree, epoch: epoch).changes()) { path in
            packages.contains { Files.exists($0.tree.pushing(FilePath(path.string))) }
        }
        return changes
    }

    /// Copies `changes` into the cache under `key`.
    ///
    /// - Throws: `ArchiveError`, `FileError`.
    func take(_ changes: TreeChanges, key: Digest) throws -> Parts {
        let (usr, system) = changes.divided(UpperDirectory.isBelowUsr)
        return Parts(
            usr: try build(usr, name: "state-usr", key: partKey(key, "usr")),
            system: try build(system, name: "state", key: partKey(key, "system")))
    }

    private func build(_ changes: TreeChanges, name: String, key: Digest) throws -> CachedLayer {
        let directory = try CachedLayer.emptyDirectory(key: key, in: store)
        let tree = directory.appending("tree")
        let whiteouts = try changes.hidden.map { try whiteout(of: $0) }
        let entries = try LayerEntries(merging: [changes.entries.map(\.value.entry), whiteouts])
        try write(changes, in: entries, to: tree)
        try changes.hidden.forEach { try hide($0, in: tree) }
        return try CachedLayer.finish(name: name, key: key, directory: directory, packages: [], entries: entries)
    }

    private func write(_ changes: TreeChanges, in entries: LayerEntries, to tree: FilePath) throws {
        let writer = try TreeWriter(root: tree, setsOwners: true)
        let copier = FileCopier()
        for entry in entries.entries {
            guard let change = changes.entries[entry.path] ?? changes.directory(entry, at: tree) else { continue }
            try writer.write(entry) { sink in try copier.copy(change.file, to: sink) }
        }
        try writer.finish()
    }

    /// The entry that hides a path in a layer's tar (OCI image-spec, layer.md "Whiteouts").
    private func whiteout(of path: ArchivePath) throws -> ArchiveEntry {
        let parent = path.parent ?? .root
        return ArchiveEntry(
            path: try parent.appending(".wh." + path.name), kind: .file(size: 0), mode: 0o644, uid: 0, gid: 0,
            mtime: UpperDirectory.isBelowUsr(path) ? UpperDirectory.timeBelowUsr : epoch, attributes: [:])
    }

    /// Hides a path in the tree of an overlay's layer: a character device 0/0.
    private func hide(_ path: ArchivePath, in tree: FilePath) throws {
        let file = tree.pushing(FilePath(path.string))
        try Files.makeDirectories(file.removingLastComponent())
        guard mknod(file.string, S_IFCHR | 0o600, 0) == 0 else {
            throw FileError("hide", file, Errno(rawValue: errno))
        }
    }

    private func partKey(_ key: Digest, _ part: String) -> Digest { Digest(of: "\(part)\n\(key.hex)".utf8) }
}
