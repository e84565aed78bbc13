// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// A work tree that encloses a mounted directory: an ordinary one, a linked one, that of a submodule, or a bare
/// repository. Nothing of it is mounted, and it is read by handle.
struct EnclosingWorkTree {
    /// The work tree.
    let workTree: GuardedWorkTree
    /// Its repository.
    let repository: ContainerTree

    /// The work tree at `place`; `nil` when there is none.
    init?(_ place: FilePath) {
        guard let tree = try? ContainerTree(place), let kind = try? tree.kind(".git") else { return nil }
        switch kind {
        case .directory, .link:
            guard let real = RealPath.of(place.appending(".git")), let own = try? ContainerTree(real),
                (try? GitDirectory(tree: own, path: "").hasHead()) == true
            else { return nil }
            repository = own
            workTree = GuardedWorkTree(path: place, repository: own.path)
        case .file:
            guard let pointer = GitDirectory.pointer(".git", in: tree),
                let pointed = try? Pointed(place.pushing(pointer), from: tree, ".git")
            else { return nil }
            let own = pointed.worktree.map { pointed.common.path.appending("worktrees").appending($0) }
            repository = pointed.common
            workTree = GuardedWorkTree(path: place, repository: pointed.common.path, directory: own)
        case .nothing where (try? GitDirectory(tree: tree, path: "").isRepository()) == true:
            repository = tree
            workTree = GuardedWorkTree(path: place, repository: place)
        default: return nil
        }
    }
}
