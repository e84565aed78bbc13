// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc
import SystemPackage

/// Looks for secrets among the files that the configure step left: every file that is not as a package ships it.
struct SecretSearch {
    /// The state layers' trees.
    let state: [FilePath]
    /// The packages' trees.
    let packages: [FilePath]

    /// A secret that everybody who pulls the image gets, or what another build has otherwise.
    struct Finding: Hashable {
        let path: ArchivePath
        let kind: SecretKind
    }

    /// The most bytes that a file with a secret has: what is larger may only be a database, which its first page shows.
    private static let largest = 1 << 20
    private static let page = 4096

    private let comparison = FileComparison()

    init(state: [FilePath], packages: [FilePath]) {
        self.state = state
        self.packages = packages
    }

    /// What is found, sorted by path.
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
                    // dpkg's own files, thousands of them.
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

    /// Whether a package has the same bytes at that path: a script only changed the mode or the owner.
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
