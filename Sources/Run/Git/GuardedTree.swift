// SPDX-License-Identifier: Apache-2.0

import Engine
import SystemPackage

/// A tree that a container gets, with the paths in it that are mounted once more, so that they cannot be renamed or not
/// be written.
package struct GuardedTree: Sendable {
    /// The tree, held.
    package let tree: ContainerTree
    /// Where the container sees it.
    package let target: FilePath
    /// Whether nothing in it can be written.
    package let isReadOnly: Bool
    /// The paths in it, those above before those below.
    package internal(set) var paths: [GuardedPath] = []

    /// A tree without any guarded path.
    package init(_ tree: ContainerTree, target: FilePath, isReadOnly: Bool = false) {
        self.tree = tree
        self.target = target
        self.isReadOnly = isReadOnly
    }

    /// The tree as a plan has it.
    package var source: TreeSource {
        TreeSource(path: tree.path, identity: tree.identity, target: target, isReadOnly: isReadOnly, paths: paths)
    }

    /// The mounts by path, for an engine that cannot be given an assembled tree.
    package var mounts: [BindMount] { source.mounts }
}

/// A file or a directory of a repository that is mounted onto itself.
package struct GuardedPath: Hashable, Sendable {
    /// What is made where nothing is, and taken away with the last container.
    package enum Placeholder: Hashable, Sendable {
        /// An empty directory.
        case directory
        /// A file of that text.
        case file(String)
    }

    /// The path, relative to its tree.
    package let path: FilePath
    /// A file or a directory.
    package let kind: FileKind
    /// Whether it cannot be written.
    package let isReadOnly: Bool
    /// What is made there before; `nil` where something is that is not ours.
    package let placeholder: Placeholder?
    /// The repository that the placeholder is for, relative to the tree.
    let repository: FilePath?
}
