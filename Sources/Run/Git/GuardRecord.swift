// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The state of a project's guarded paths when its container started, for a comparison at its end.
///
/// The guard can be lost from outside: a program of the host that replaces a guarded file removes the mount. And a
/// container can present git with another repository than the guarded one.
package struct GuardRecord: Sendable {
    /// A file that is held open, so that its inode cannot be reused.
    private final class Held: Sendable {
        private let handle: FileDescriptor

        init(_ handle: FileDescriptor) { self.handle = handle }

        deinit { try? handle.close() }
    }

    private struct Item: Sendable {
        let held: Held
        let tree: ContainerTree
        let path: FilePath
        let identity: FileIdentity
        let isReadOnly: Bool
        let mode: mode_t
        /// The bytes of a read-only file.
        let bytes: [UInt8]?
        let isOurs: Bool
    }

    private let items: [Item]
    private let repositories: [(tree: ContainerTree, path: FilePath)]
    private static let limit = 1 << 20

    /// Records every guarded path, after the placeholders were created.
    package init(_ guarding: GitGuard) {
        var (items, repositories): ([Item], [(ContainerTree, FilePath)]) = ([], [])
        for guarded in guarding.trees {
            for path in guarded.paths {
                guard let handle = try? guarded.tree.locate(path.path) else { continue }
                let held = Held(handle)
                guard let status = try? ContainerTree.status(of: handle) else { continue }
                let isFile = path.kind == .file && path.isReadOnly
                items.append(
                    Item(
                        held: held, tree: guarded.tree, path: path.path, identity: FileIdentity(status),
                        isReadOnly: path.isReadOnly,
                        mode: status.st_mode & 0o777,
                        bytes: isFile ? guarded.tree.bytes(path.path, limit: Self.limit) : nil,
                        isOurs: path.placeholder != nil))
                let isRepository = path.path.lastComponent == "config" && path.isReadOnly
                let directory = GitDirectory(tree: guarded.tree, path: path.path.removingLastComponent())
                if isRepository, (try? directory.isRepository()) == true {
                    repositories.append((guarded.tree, path.path.removingLastComponent()))
                }
            }
        }
        (self.items, self.repositories) = (items, repositories)
    }

    /// The differences from the recorded state that affect git on the host, one sentence each.
    package func findings() -> [String] {
        items.compactMap(finding) + repositories.compactMap(finding)
    }

    /// Restores each configuration that was replaced, and made git execute more than the recorded one, and
    /// moves that file aside: its mount is gone, and it is unknown whether the host or the container wrote it.
    ///
    /// - Returns: One sentence for each.
    package func restore() -> [String] {
        items.compactMap { item in
            guard let bytes = item.bytes, let now = try? item.tree.identity(item.path), now != item.identity else {
                return nil
            }
            let known = GitConfiguration(bytes).entries
            let found = item.tree.bytes(item.path, limit: GitConfiguration.limit).map(GitConfiguration.init)
            let more = found?.entries.filter { $0.executes && !known.contains($0) }.map(\.key)
            guard more != [] else { return nil }
            let place = item.tree.place(item.path)
            do {
                let aside = try item.tree.moveAside(item.path)
                try item.tree.create(item.path, bytes, mode: item.mode)
                let keys = more?.prefix(3).joined(separator: ", ") ?? "unreadable settings"
                return
                    "'\(place)' was replaced, and made git execute \(keys): the known one is restored, the other is "
                    + "'\(aside)'"
            } catch { return "'\(place)' was replaced and cannot be restored: do not use git here" }
        }
    }

    private func finding(_ item: Item) -> String? {
        let place = item.tree.place(item.path)
        guard let now = try? item.tree.identity(item.path) else {
            return item.isOurs && item.path.lastComponent?.string.hasSuffix(".lock") != true
                ? nil : "'\(place)' was removed, although it was guarded"
        }
        if now != item.identity {
            return
                "'\(place)' was replaced during the run, so its guard was lost: check it before you use git here"
        }
        if let bytes = item.bytes, item.tree.bytes(item.path, limit: Self.limit) != bytes {
            return "'\(place)' was changed: check it before you use git here"
        }
        return nil
    }

    /// Without `HEAD`, `objects` or `refs`, git does not recognize a repository and searches on: the work tree itself,
    /// then the directories above (git(1), "The git repository").
    private func finding(_ repository: (tree: ContainerTree, path: FilePath)) -> String? {
        let directory = GitDirectory(tree: repository.tree, path: repository.path)
        guard (try? directory.isRepository()) != true else { return nil }
        return
            "'\(repository.tree.place(repository.path))' is no longer a repository, so git uses another one: do not use git "
            + "here until HEAD, objects and refs are restored"
    }
}
