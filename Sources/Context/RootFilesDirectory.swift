// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import Glibc
import SystemPackage

/// `image/rootfs`: files that are copied into the image unchanged.
///
/// Owners, times and group bits of a checkout are ignored: all files are owned by root and have the lock's time, and a
/// file is executable when git says so. An image whose packages have keys or databases per container also gets the
/// programs that generate them (`FirstStart`).
struct RootFilesDirectory {
    let directory: FilePath
    let mtime: Int64
    let firstStart: FirstStart

    func overlay() throws -> Overlay {
        let copied = try items(below: "")
        let paths = Set(copied.map(\.entry.path))
        // A file of the definition replaces the generated one.
        let added = try firstStart.items(mtime: mtime).filter { !paths.contains($0.entry.path) }
        return try Overlay(name: "rootfs", items: copied + added)
    }

    private func items(below path: String) throws -> [Overlay.Item] {
        try Files.list(directory.pushing(FilePath(path))).flatMap { name in
            try item(at: path.isEmpty ? name : "\(path)/\(name)")
        }
    }

    private func item(at path: String) throws -> [Overlay.Item] {
        let file = directory.pushing(FilePath(path))
        let status = try Files.status(of: file)
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return [try .directory(path, mtime: mtime)] + (try items(below: path))
        case S_IFLNK: return [try .link(path, to: try Files.target(of: file), mtime: mtime)]
        case S_IFREG:
            let mode: UInt16 = status.st_mode & 0o100 != 0 ? 0o755 : 0o644
            return [try .file(path, Files.read(file, limit: 1 << 24), mode: mode, mtime: mtime)]
        default: throw ContextError.oddFile(file.string)
        }
    }
}
