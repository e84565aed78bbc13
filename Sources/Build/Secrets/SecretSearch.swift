// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc
import SystemPackage

/// Searches for secrets in the files that the configure step left: all files that differ from those of the packages.
struct SecretSearch {
    /// The trees of the state layers.
    let state: [FilePath]
    /// The trees of the package layers.
    let packages: [FilePath]

    /// A secret that all users of the image would share, or data that differs between builds.
    struct Finding: Hashable {
        let path: ArchivePath
        let kind: SecretKind
    }

    /// The maximum size of a file with a secret in bytes: a larger file can only be a database, which its first page
    /// shows.
    private static let largest = 1 << 20
    private static let page = 4096

    private let comparison = FileComparison()

    init(state: [FilePath], packages: [FilePath]) {
        self.state = state
        self.packages = packages
    }

    /// The findings, sorted by path.
    ///
    /// - Throws: `FileError`, `ArchiveError`.
    func findings() throws -> [Finding] {
        try state.flatMap(findings).sorted { $0.path < $1.path }
    }

    private func findings(in tree: FilePath) throws -> [Finding] {
        var found: [Finding] = []
        var waiting: [ArchivePath] = [.root]
        while let directory = waiting.popLast() {
            for name in try Files.list(Self.place(directory, in: tree)) {
                let path = try directory.appending(name)
                let status = try Files.status(of: Self.place(path, in: tree))
                switch status.st_mode & S_IFMT {
                case S_IFDIR:
                    // dpkg's own files: there are thousands of them.
                    if path.string != "var/lib/dpkg" { waiting.append(path) }
                case S_IFREG:
                    if let kind = try kind(of: path, in: tree, status), try !isShipped(path, in: tree) {
                        found.append(Finding(path: path, kind: kind))
                    }
                default: break
                }
            }
        }
        return found
    }

    private func kind(of path: ArchivePath, in tree: FilePath, _ status: stat) throws -> SecretKind? {
        guard status.st_size > 0 else { return nil }
        let isLarge = status.st_size > Self.largest
        let place = Self.place(path, in: tree)
        let bytes = try mapErrno("read", place) {
            let file = try FileDescriptor.open(place, .readOnly, options: [.closeOnExec, .noFollow])
            return try file.closeAfter { try file.readBeginning(isLarge ? Self.page : SecretKind.limit) }
        }
        let kind = SecretKind(of: bytes, path: path.string, mode: UInt16(status.st_mode & 0o7777))
        return isLarge && kind != .database ? nil : kind
    }

    /// Whether a package ships the same bytes at that path: a script changed only the mode or the owner.
    private func isShipped(_ path: ArchivePath, in tree: FilePath) throws -> Bool {
        let file = Self.place(path, in: tree)
        return try packages.contains {
            try comparison.areSame(file, Self.place(path, in: $0), metadata: false)
        }
    }

    private static func place(_ path: ArchivePath, in tree: FilePath) -> FilePath {
        path.isRoot ? tree : tree.pushing(FilePath(path.string))
    }
}
