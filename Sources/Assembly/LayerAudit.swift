// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc
import SystemPackage

/// Compares a layer's tree with the blob that was made from it.
package struct LayerAudit {
    private let tree: FilePath

    /// Creates an audit of the files below `tree`.
    package init(tree: FilePath) { self.tree = tree }

    /// Returns the first path, in the blob's order, at which the tree differs from the blob, or else the first path
    /// that is missing in the blob; nil when they are equal.
    ///
    /// - Throws: `ArchiveError`, `FileError`.
    package func difference(from blob: FilePath) throws -> ArchivePath? {
        var paths: Set<ArchivePath> = []
        var different: ArchivePath?
        try ArchiveReader(file: blob, name: blob.string).forEach { entry, contents in
            let path = try place(of: entry.path)
            paths.insert(path)
            guard different == nil else { return }
            if try !isSame(entry, at: path, contents) { different = entry.path }
        }
        return try different ?? firstPath(notIn: paths, below: .root)
    }

    /// The path in the tree: a whiteout has a different name in the blob (OCI image-spec, layer.md "Whiteouts").
    private func place(of path: ArchivePath) throws -> ArchivePath {
        guard path.name.hasPrefix(".wh."), let parent = path.parent else { return path }
        return try parent.appending(String(path.name.dropFirst(".wh.".count)))
    }

    private func isSame(
        _ entry: ArchiveEntry, at path: ArchivePath, _ contents: (ByteSink) throws -> Void
    ) throws -> Bool {
        let file = tree.pushing(FilePath(path.string))
        guard let status = try? Files.status(of: file) else { return false }
        let type = status.st_mode & S_IFMT
        if path != entry.path { return type == S_IFCHR && status.st_rdev == 0 }
        switch entry.kind {
        case .directory: guard type == S_IFDIR else { return false }
        case .symlink(let target):
            guard type == S_IFLNK else { return false }
            return try Files.target(of: file).utf8.elementsEqual(target.utf8)
        case .hardlink(let target):
            let other = try? Files.status(of: tree.pushing(FilePath(target.string)))
            return type == S_IFREG && other?.st_ino == status.st_ino
        case .file(let size):
            guard type == S_IFREG, UInt64(status.st_size) == size else { return false }
            var hasher = DigestHasher()
            try contents { hasher.update($0) }
            guard try Digest(ofFile: file) == hasher.finalize() else { return false }
        }
        return UInt16(status.st_mode & 0o7777) == entry.mode && status.st_uid == entry.uid
            && status.st_gid == entry.gid && Int64(status.st_mtim.tv_sec) == entry.mtime
    }

    private func firstPath(notIn paths: Set<ArchivePath>, below directory: ArchivePath) throws -> ArchivePath? {
        let place = directory.isRoot ? tree : tree.pushing(FilePath(directory.string))
        for name in try Files.list(place) {
            let path = try directory.appending(name)
            guard paths.contains(path) else { return path }
            if Files.isDirectory(place.appending(name)), let found = try firstPath(notIn: paths, below: path) {
                return found
            }
        }
        return nil
    }
}
