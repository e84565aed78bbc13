// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// The mounts, directories, copies and files of a start on the host, decided before any effect.
package struct HostPlan: Hashable, Sendable {
    /// The trees of the container, the workspace first.
    package var trees: [TreeSource]
    /// The directories of the project's persistent home; missing ones are created.
    package var homes: [BindMount]
    /// The directories that are copied into the persistent home.
    package var copies: [DirectoryCopy]
    /// The files that are written for the container.
    package var files: [MountedFile]
    /// The programs of this installation that the container executes.
    package var programs: [BindMount] = []

    /// Creates a plan.
    package init(
        trees: [TreeSource], homes: [BindMount] = [], copies: [DirectoryCopy] = [], files: [MountedFile] = []
    ) {
        self.trees = trees
        self.homes = homes
        self.copies = copies
        self.files = files
    }

    /// The mounts beside the trees, in mount order.
    package var otherMounts: [BindMount] { homes + files.map(\.mount) + programs }

    /// All mounts by path, in mount order.
    package var mounts: [BindMount] { trees.flatMap(\.mounts) + otherMounts }

    /// The placeholders, which are removed with the last container.
    package var placeholders: [FilePath] {
        trees.flatMap { tree in tree.paths.filter { $0.placeholder != nil }.map { tree.path.pushing($0.path) } }
    }
}

/// A directory of the host for a container: by path, and by device and inode, which an open handle keeps until it is
/// mounted.
package struct TreeSource: Hashable, Sendable {
    /// The real path.
    package let path: FilePath
    /// The identity of the directory.
    package let identity: FileIdentity
    /// The mount point in the container.
    package let target: FilePath
    /// Whether the whole tree is read-only.
    package let isReadOnly: Bool
    /// The guarded paths, parents before children.
    package let paths: [GuardedPath]

    /// Creates a source.
    package init(
        path: FilePath, identity: FileIdentity, target: FilePath, isReadOnly: Bool = false, paths: [GuardedPath] = []
    ) {
        self.path = path
        self.identity = identity
        self.target = target
        self.isReadOnly = isReadOnly
        self.paths = paths
    }

    /// The mounts by path, for an engine that cannot mount an assembled tree. A read-only tree is mounted without
    /// submounts, because these would be writable.
    package var mounts: [BindMount] {
        [BindMount(source: path, target: target.string, readOnly: isReadOnly, isRecursive: !isReadOnly)]
            + paths.map {
                BindMount(
                    source: path.pushing($0.path), target: target.pushing($0.path).string, readOnly: $0.isReadOnly)
            }
    }
}

/// A directory of the caller's that is copied into the persistent home.
package struct DirectoryCopy: Hashable, Sendable {
    /// The caller's directory.
    package let source: FilePath
    /// The destination on the host.
    package let target: FilePath

    /// Creates a copy from `source` to `target`.
    package init(source: FilePath, target: FilePath) {
        self.source = source
        self.target = target
    }
}

/// A file of the project's state that the container reads but cannot write to.
package struct MountedFile: Hashable, Sendable {
    /// The file on the host.
    package let path: FilePath
    /// Its content.
    package let content: [UInt8]
    /// The mount of the file or its directory.
    package let mount: BindMount

    /// The file `path`, mounted at `target`.
    package init(_ path: FilePath, text: String, target: String) {
        self.init(path, content: Array(text.utf8), target: target)
    }

    /// The file `path`, mounted at `target`.
    package init(_ path: FilePath, content: [UInt8], target: String) {
        self.path = path
        self.content = content
        mount = BindMount(source: path, target: target, noExec: true)
    }

    /// The file `name` in `directory`, which is mounted at `target`.
    package init(_ name: String, in directory: FilePath, text: String, target: String) {
        path = directory.appending(name)
        content = Array(text.utf8)
        mount = BindMount(source: directory, target: target, noExec: true)
    }

    /// Writes the file unless it is up to date: another container of the project may have it mounted.
    ///
    /// - Throws: `FileError`.
    package func write() throws {
        let directory = path.removingLastComponent()
        if !Files.exists(directory) {
            try Files.makeDirectories(directory)
            chmod(directory.string, 0o755)
        }
        if (try? Files.read(path, limit: 1 << 20)) != content { try Files.write(content, to: path) }
        chmod(path.string, 0o644)
    }
}
