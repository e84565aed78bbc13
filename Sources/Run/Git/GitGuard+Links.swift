// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension GitGuard {
    /// The maximum size of a copied file.
    private static let largest = 16 << 20

    /// Replaces each guarded file with hard links by a copy: a read-only mount protects the name and not the file,
    /// which a container can write to through the other name. This happens only with the last container of a
    /// repository: a rename over a mount point removes the mount everywhere (rename(2)).
    ///
    /// - Parameters:
    ///   - locks: The locks of the repositories, held by the caller.
    ///   - isFree: Whether no container of a killed launcher uses the repository of that identity.
    /// - Returns: The files that still have another name, and the number of separated files.
    package func separateLinks(
        holding locks: [FileIdentity: ProjectLock], where isFree: (FileIdentity) -> Bool
    ) -> (kept: [FilePath], separated: Int) {
        let linked = trees.flatMap { guarded in self.linked(in: guarded).map { (guarded.tree, $0) } }
        guard !linked.isEmpty else { return ([], 0) }
        defer { for lock in locks.values { try? lock.share() } }
        guard locks.allSatisfy({ isFree($0.key) && $0.value.isLast() }) else {
            return (linked.map { $0.0.place($0.1) }, 0)
        }
        let kept: [FilePath] = linked.compactMap { tree, path in
            do {
                guard let status = try tree.status(path) else { return nil }
                let owner = FileOwner(userID: status.st_uid, groupID: status.st_gid)
                let bytes = try tree.read(path, limit: Self.largest)
                try tree.replace(path, bytes, mode: status.st_mode & 0o777, owner: owner)
                return nil
            } catch { return tree.place(path) }
        }
        // The report of this run lists files whose times are of its start or later: the copies, and their other names,
        // whose times changed with them.
        usleep(UInt32(2 * Moment.margin / 1000))
        return (kept, linked.count - kept.count)
    }

    /// The guarded files of a tree with hard links, relative to it.
    private func linked(in guarded: GuardedTree) -> [FilePath] {
        let written = Set(guarded.paths.filter { !$0.isReadOnly }.map(\.path))
        return guarded.paths.filter(\.isReadOnly).flatMap { path -> [FilePath] in
            guard path.kind == .directory else { return isLinked(path.path, guarded.tree) ? [path.path] : [] }
            guard let directory = try? guarded.tree.open(path.path, O_RDONLY | O_DIRECTORY) else { return [] }
            var walk = TreeWalk(LinkedFiles(written: written))
            walk.walk(directory, path: path.path.bytes, ())
            return walk.finish().paths
        }
    }

    private func isLinked(_ path: FilePath, _ tree: ContainerTree) -> Bool {
        guard let status = (try? tree.status(path)).flatMap(\.self) else { return false }
        return status.st_mode & S_IFMT == S_IFREG && status.st_nlink > 1
    }
}

/// The regular files with hard links in a completely guarded directory, without its writable parts.
private struct LinkedFiles: TreeVisitor {
    let written: Set<FilePath>
    private(set) var paths: [FilePath] = []

    mutating func visit(_ entry: TreeEntry, in mark: inout Void) -> Void? {
        if entry.kind == .directory { return written.contains(FilePath(bytes: entry.path)) ? nil : () }
        if entry.kind == .file, entry.status.st_nlink > 1 { paths.append(FilePath(bytes: entry.path)) }
        return nil
    }

    mutating func listed(_ directory: TreeDirectory, _ mark: Void) {}

    mutating func missed(_ path: [UInt8], _ gap: TreeGap) {}
}
