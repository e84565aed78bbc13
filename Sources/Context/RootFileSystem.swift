// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import Glibc
import SystemPackage

/// `image/rootfs`: files that are copied into the image as they are.
///
/// Owners, times and group bits of a checkout say nothing: everything is root's, dated by the lock, and a file is
/// executable when git says so.
struct RootFileSystem {
    let folder: FilePath
    let mtime: Int64

    func overlay() throws -> Overlay { try Overlay(name: "rootfs", items: items(below: "")) }

    private func items(below path: String) throws -> [Overlay.Item] {
        try Files.list(folder.pushing(FilePath(path))).flatMap { name in
            try item(at: path.isEmpty ? name : "\(path)/\(name)")
        }
    }

    private func item(at path: String) throws -> [Overlay.Item] {
        let file = folder.pushing(FilePath(path))
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
