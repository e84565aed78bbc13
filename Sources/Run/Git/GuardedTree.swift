// SPDX-License-Identifier: Apache-2.0

import Engine
import SystemPackage

/// A tree of a container, with the paths in it that are mounted again, so that they cannot be renamed or written to.
package struct GuardedTree: Sendable {
    /// The tree, held open.
    package let tree: ContainerTree
    /// The mount point in the container.
    package let target: FilePath
    /// Whether the whole tree is read-only.
    package let isReadOnly: Bool
    /// The guarded paths, parents before children.
    package internal(set) var paths: [GuardedPath] = []

    /// A tree without guarded paths.
    package init(_ tree: ContainerTree, target: FilePath, isReadOnly: Bool = false) {
        self.tree = tree
        self.target = target
        self.isReadOnly = isReadOnly
    }

    /// The tree's entry in a plan.
    package var source: TreeSource {
        TreeSource(path: tree.path, identity: tree.identity, target: target, isReadOnly: isReadOnly, paths: paths)
    }

    /// The mounts by path, for an engine that cannot mount an assembled tree.
    package var mounts: [BindMount] { source.mounts }
}

/// A file or a directory of a repository that is mounted onto itself.
package struct GuardedPath: Hashable, Sendable {
    /// A placeholder for a missing path, removed with the last container.
    package enum Placeholder: Hashable, Sendable {
        /// An empty directory.
        case directory
        /// A file with that text.
        case file(String)
    }

    /// The path, relative to its tree.
    package let path: FilePath
    /// The kind of file.
    package let kind: FileKind
    /// Whether it is read-only.
    package let isReadOnly: Bool
    /// The placeholder that is created first; `nil` when something else exists there.
    package let placeholder: Placeholder?
    /// The directory whose lock holds the placeholder, relative to the tree: its repository, or its parent.
    let repository: FilePath?
}
