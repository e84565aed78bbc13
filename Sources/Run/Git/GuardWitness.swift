// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// What the guarded paths of a project were when its container started, to be compared with what they are at its end.
///
/// The guard can be lost from outside: a program of the host that puts another file in the place of a guarded one takes the
/// mount away. And a container can leave git another repository than the one that was guarded.
package struct GuardWitness: Sendable {
    private struct Item: Sendable {
        let tree: ContainerTree
        let path: FilePath
        let identity: FileIdentity
        let isReadOnly: Bool
        /// The bytes of a read-only file.
        let bytes: [UInt8]?
        let isOurs: Bool
    }

    private let items: [Item]
    private let repositories: [(tree: ContainerTree, path: FilePath)]
    private static let limit = 1 << 20

    /// Looks at every guarded path, once its placeholders are there.
    package init(_ guarding: GitGuard) {
        var (items, repositories): ([Item], [(ContainerTree, FilePath)]) = ([], [])
        for guarded in guarding.trees {
            for path in guarded.paths {
                guard let identity = try? guarded.tree.identity(path.path) else { continue }
                let isFile = path.kind == .file && path.isReadOnly
                items.append(
                    Item(
                        tree: guarded.tree, path: path.path, identity: identity, isReadOnly: path.isReadOnly,
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

    /// What is no longer as it was, a sentence each, as far as git on the host would follow or execute it.
    package func findings() -> [String] {
        items.compactMap(finding) + repositories.compactMap(finding)
    }

    private func finding(_ item: Item) -> String? {
        let place = item.tree.place(item.path)
        guard let now = try? item.tree.identity(item.path) else {
            return item.isOurs && item.path.lastComponent?.string.hasSuffix(".lock") != true
                ? nil : "'\(place)' is gone: it was guarded"
        }
        if now != item.identity {
            return
                "'\(place)' is another one than at the start: the guard on it was lost, look at it before you use git here"
        }
        if let bytes = item.bytes, item.tree.bytes(item.path, limit: Self.limit) != bytes {
            return "'\(place)' was changed: look at it before you use git here"
        }
        return nil
    }

    /// Without `HEAD`, `objects` or `refs`, git does not take a directory for a repository and goes on looking: to the
    /// work tree itself, then above it (git(1), "The git repository").
    private func finding(_ repository: (tree: ContainerTree, path: FilePath)) -> String? {
        let directory = GitDirectory(tree: repository.tree, path: repository.path)
        guard (try? directory.isRepository()) != true else { return nil }
        return
            "'\(repository.tree.place(repository.path))' is no repository any more, so git takes another one: do not use git "
            + "here before HEAD, objects and refs are back"
    }
}
